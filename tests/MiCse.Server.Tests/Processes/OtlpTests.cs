using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Tests.Processes;

/// <summary>What <c>--otlp-endpoint</c> sends, received by a collector in this process.</summary>
public sealed class OtlpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Traces_and_metrics_reach_a_collector()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectorAsync(received);
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await using var server = await ServeProcess.StartAsync("--otlp-endpoint", address);
        using var content = new StringContent("""{"input": "A man plays the guitar.", "model": "micse-small-en", "dimensions": 32, "encoding_format": "base64"}""", Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri("/v1/embeddings", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        // What was not sent yet is sent before the end.
        server.SendTerminate();
        await server.Process.WaitForExitAsync(Token);

        var traces = received.Single(call => call.Key.Contains("TraceService", StringComparison.Ordinal)).Value;
        var metrics = received.Single(call => call.Key.Contains("MetricsService", StringComparison.Ordinal)).Value;
        Assert.All(
            (string[])["embeddings micse-small-en", "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.embeddings.dimension.count", "service.name"],
            name => Assert.Contains(name, traces, StringComparison.Ordinal));
        Assert.All(
            (string[])["gen_ai.server.request.duration", "gen_ai.client.embeddings.duration", "gen_ai.client.embeddings.operation.input_tokens"],
            name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.DoesNotContain("guitar", traces + metrics, StringComparison.Ordinal);
    }

    /// <summary>Takes every call of gRPC, which is what OTLP is by default, and answers with an empty message.</summary>
    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapPost("/{**call}", (RequestDelegate)(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            received.AddOrUpdate(context.Request.Path, _ => Text(body), (_, before) => before + Text(body)); // names stand in the bytes as they are
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }));
        await app.StartAsync(Token);
        return app;
    }

    private static string Text(MemoryStream body) => Encoding.Latin1.GetString(body.ToArray());
}
