using MiCse.Server.Configuration;
using MiCse.Server.Indexes;
using MiCse.Server.Models;
using MiCse.Server.Pipeline;
using MiCse.Server.Requests;
using MiCse.Server.Security;
using MiCse.Server.State;
using MiCse.Server.Telemetry;
using MiCse.Server.Views;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server;

/// <summary>Puts an embedding server among the services of an ASP.NET Core application.</summary>
public static class MiCseServerServices
{
    /// <summary>
    /// Adds models, queues and metrics; <see cref="MiCseServerEndpoints.MapMiCse"/> adds the routes. The first model is loaded when the application starts,
    /// and the server is ready after a warm-up.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says how it works; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentException">An option cannot be; the message says which and why.</exception>
    public static IServiceCollection AddMiCseServer(this IServiceCollection services, Action<MiCseServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new MiCseServerOptions();
        configure?.Invoke(options);
        return services.AddMiCseServerWith(options);
    }

    /// <summary>The same with options that are set.</summary>
    internal static IServiceCollection AddMiCseServerWith(this IServiceCollection services, MiCseServerOptions options)
    {
        services.AddMetrics();
        return services
            .AddSingleton(options.Checked())
            .AddSingleton<ServerLog>()
            .AddSingleton<ServerState>()
            .AddSingleton<GenAiTelemetry>()
            .AddSingleton<ServerMetrics>()
            .AddSingleton<ApiKeys>()
            .AddSingleton<RequestGate>()
            .AddSingleton<RequestBody>()
            .AddSingleton(provider =>
            {
                var (metrics, log) = (provider.GetRequiredService<ServerMetrics>(), provider.GetRequiredService<ServerLog>());
                return new ModelHost(options, (_, encoder) => encoder.BatchStarting = metrics.CountBatch, (model, reason) => log.NotLoaded(model.Name, reason));
            })
            .AddSingleton<IndexHost>()
            .AddSingleton<EncodeService>()
            .AddSingleton<MapService>()
            .AddSingleton<ExplainService>()
            .AddHostedService<ServerLifetime>();
    }
}
