using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Serving.Servers;

/// <summary>An ASP.NET Core application that does nothing: how long its start takes is what every other start is measured by.</summary>
internal static class EmptyServer
{
    public static async Task<int> RunAsync()
    {
        var app = Create();
        app.MapGet("/", (RequestDelegate)(context => context.Response.WriteAsync("hello")));
        await ServeAsync(app);
        return 0;
    }

    /// <summary>An application on a free port.</summary>
    public static WebApplication Create()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    /// <summary>Serves until the process is killed; says where as soon as it is ready.</summary>
    public static async Task ServeAsync(WebApplication app)
    {
        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Task.Delay(Timeout.Infinite);
    }
}
