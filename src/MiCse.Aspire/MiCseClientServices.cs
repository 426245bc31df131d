using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace MiCse.Aspire;

/// <summary>Puts a client of an embedding server among the services of an application.</summary>
public static class MiCseClientServices
{
    private const string Section = "Aspire:MiCse";
    private const string Telemetry = "Experimental.Microsoft.Extensions.AI";

    // What a server serves that was told nothing.
    private const string BuiltInModel = "micse-small-en";

    // The client's library wants one in any case.
    private const string NoKey = "none";

    /// <summary>
    /// Adds the client as <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of string and float and as <see cref="IEmbeddingGenerator"/>, with a health check, traces and
    /// metrics. Requests go through the application's <see cref="IHttpClientFactory"/> and so through its resilience and service discovery.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of the connection string, which is that of the resource in the application host.</param>
    /// <param name="configure">Changes the settings; null changes nothing.</param>
    public static void AddMiCseClient(this IHostApplicationBuilder builder, string connectionName, Action<MiCseClientSettings>? configure = null) =>
        Add(builder, connectionName, null, configure);

    /// <summary>The same under the connection's name as a key, for an application of several servers.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The key, and the name of the connection string.</param>
    /// <param name="configure">Changes the settings; null changes nothing.</param>
    public static void AddKeyedMiCseClient(this IHostApplicationBuilder builder, string name, Action<MiCseClientSettings>? configure = null) =>
        Add(builder, name, name, configure);

    private static void Add(IHostApplicationBuilder builder, string name, string? serviceKey, Action<MiCseClientSettings>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var settings = new MiCseClientSettings();
        Read(settings, builder.Configuration.GetSection(Section));
        Read(settings, builder.Configuration.GetSection($"{Section}:{name}"));
        if (builder.Configuration.GetConnectionString(name) is { } connection)
        {
            settings.Read(connection);
        }

        configure?.Invoke(settings);
        var client = $"micse {name}";
        builder.Services.AddHttpClient(client);
        builder.Services.AddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(client, (services, _) => Create(services, client, name, settings));
        if (serviceKey is null)
        {
            builder.Services.AddSingleton(services => services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(client));
            builder.Services.AddSingleton<IEmbeddingGenerator>(services => services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(client));
        }
        else
        {
            builder.Services.AddKeyedSingleton(serviceKey, (services, _) => services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(client));
            builder.Services.AddKeyedSingleton<IEmbeddingGenerator>(serviceKey, (services, _) => services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(client));
        }

        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                client, services => new ReadyCheck(services.GetRequiredService<IHttpClientFactory>(), client, () => EndpointOf(settings, name)), null, null));
        }

        if (!settings.DisableTracing)
        {
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(Telemetry));
        }

        if (!settings.DisableMetrics)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Telemetry));
        }
    }

    private static void Read(MiCseClientSettings settings, IConfigurationSection section)
    {
        settings.Endpoint = section[nameof(settings.Endpoint)] is { } endpoint ? new Uri(endpoint) : settings.Endpoint;
        settings.Key = section[nameof(settings.Key)] ?? settings.Key;
        settings.Model = section[nameof(settings.Model)] ?? settings.Model;
        settings.DisableHealthChecks = Flag(nameof(settings.DisableHealthChecks)) ?? settings.DisableHealthChecks;
        settings.DisableTracing = Flag(nameof(settings.DisableTracing)) ?? settings.DisableTracing;
        settings.DisableMetrics = Flag(nameof(settings.DisableMetrics)) ?? settings.DisableMetrics;

        bool? Flag(string key) => bool.TryParse(section[key], out var flag) ? flag : null;
    }

    private static Uri EndpointOf(MiCseClientSettings settings, string name) => settings.Endpoint
        ?? throw new InvalidOperationException($"There is no address of the embedding server: give the connection string '{name}', or {Section}:{name}:{nameof(settings.Endpoint)}.");

    private static IEmbeddingGenerator<string, Embedding<float>> Create(IServiceProvider services, string client, string name, MiCseClientSettings settings)
    {
        var address = EndpointOf(settings, name);
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), "v1"),
            Transport = new HttpClientPipelineTransport(services.GetRequiredService<IHttpClientFactory>().CreateClient(client)),
        };
        var generator = new OpenAIClient(new ApiKeyCredential(settings.Key ?? NoKey), options)
            .GetEmbeddingClient(settings.Model ?? BuiltInModel).AsIEmbeddingGenerator();
        return settings.DisableTracing && settings.DisableMetrics
            ? generator
            : generator.AsBuilder().UseOpenTelemetry(services.GetService<ILoggerFactory>(), Telemetry).Build(services);
    }
}
