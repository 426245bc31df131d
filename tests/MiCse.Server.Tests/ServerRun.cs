using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MiCse.Server.Tests;

/// <summary>A server in this process, on Kestrel and a free port, ready.</summary>
public sealed class ServerRun : IAsyncDisposable
{
    /// <summary>The model of the tests: the small one that comes with the library.</summary>
    public const string Model = ModelSource.BuiltIn;

    private ServerRun(WebApplication app)
    {
        App = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ServerRun> StartAsync(
        Action<MiCseServerOptions>? configure = null, Action<KestrelServerOptions>? kestrel = null, bool waits = true, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddMiCseServer(options =>
        {
            options.ShutdownGrace = TimeSpan.Zero;
            configure?.Invoke(options);
            if (options.Models.Count == 0)
            {
                options.Models.Add(new ServedModel(Model, Model));
            }
        });
        services?.Invoke(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            kestrel?.Invoke(options);
        });
        var app = builder.Build();
        app.MapMiCse();
        app.Use(UnknownRoutes.AnswerAsync);
        await app.StartAsync(Token);
        var run = new ServerRun(app);
        if (waits)
        {
            await run.WarmUp;
        }

        return run;
    }

    public Task WarmUp => App.Services.GetServices<IHostedService>().OfType<ServerLifetime>().Single().WarmUp;

    public T Service<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Sends JSON.</summary>
    public Task<Answer> PostAsync(string route, string json, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, route, Encoding.UTF8.GetBytes(json), headers);

    public Task<Answer> PostAsync(string route, byte[] body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, route, body, headers);

    public Task<Answer> GetAsync(string route, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, route, null, headers);

    public async Task<Answer> SendAsync(HttpMethod method, string route, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, route);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return new Answer(response.StatusCode, text, response.Headers.Concat(response.Content.Headers).ToDictionary(
            header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>What a server answered.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public float[] Vector => Floats(Json);

    public float[][] Vectors => [.. Json.EnumerateArray().Select(Floats)];

    public static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];

    public Answer Require(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{(int)Status}: {Text}");
        return this;
    }
}

/// <summary>One server with the built-in model for all tests that change nothing, and the encoder beside it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public ServerRun Run { get; private set; } = null!;

    public SentenceEncoder Encoder { get; } = SentenceEncoder.Load(ServerRun.Model);

    /// <summary>The embedding of a text as answers have it.</summary>
    public float[] Unit(string text, int? dimensions = null) => Unit(Encoder.Encode(text), dimensions);

    public static float[] Unit(float[] vector, int? dimensions = null) =>
        Responses.UnitVectors.Of(new Vectors.EmbeddingMatrix(vector, 1, vector.Length), dimensions ?? vector.Length, normalize: true).Values.ToArray();

    public async ValueTask InitializeAsync() => Run = await ServerRun.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        Encoder.Dispose();
    }
}
