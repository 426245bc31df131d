using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Server;
using MiCse.Server.Configuration;
using MiCse.Server.State;
using MiCse.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MiCse.Serve;

/// <summary>The server as a program: what the options say → an application on Kestrel, from its start to its end.</summary>
internal static class ServeHost
{
    private const string OpenTelemetryVariables = "OTEL_";

    private static readonly TimeSpan s_shutdown = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(0.2);

    /// <summary>Serves until it is asked to stop.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="ServeFailure">The first model cannot be loaded, or the address cannot be had.</exception>
    public static async Task<int> RunAsync(ParseResult arguments, ServeOptions options, CancellationToken stop)
    {
        var app = Build(arguments, options);
        await using (app.ConfigureAwait(false))
        {
            try
            {
                await app.StartAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException failure)
            {
                throw new ServeFailure(failure.Message);
            }

            var lifetime = app.Services.GetServices<IHostedService>().OfType<ServerLifetime>().Single();
            await lifetime.WarmUp.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
                return ExitCode.Done;
            }

            if (app.Services.GetRequiredService<ServerState>().Failure is { } reason)
            {
                await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
                throw new ServeFailure(reason);
            }

            // One line for people and programs: where the server is, as soon as it is ready.
            await Console.Out.WriteLineAsync(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).ConfigureAwait(false);
            await Console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            return ExitCode.Done;
        }
    }

    private static WebApplication Build(ParseResult arguments, ServeOptions options)
    {
        // The model is loaded on another core while the application is put together.
        var server = new MiCseServerOptions();
        ServeSettings.Apply(arguments, options, server, Environment.GetEnvironmentVariable(ServeOptions.KeysVariable));
        server.BeginLoading();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "micse serve" });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdown);
        builder.Services.AddRouting();
        AddLog(builder.Logging, arguments.GetRequiredValue(options.Log));
        AddTelemetry(builder, arguments.GetValue(options.OtlpEndpoint));
        builder.Services.AddMiCseServerWith(server);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, arguments, options));
        builder.Services.AddSingleton<IConnectionListenerFactory>(
            services => new LingeringListeners(ActivatorUtilities.CreateInstance<SocketTransportFactory>(services), s_linger));
        if (arguments.GetValue(options.Certificate) is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var app = builder.Build();
        app.MapMiCse();
        app.Use(UnknownRoutes.AnswerAsync);
        return app;
    }

    /// <summary>Slow senders, idle connections and too many of them are bounded; TLS is Kestrel's.</summary>
    private static void Configure(KestrelServerOptions kestrel, ParseResult arguments, ServeOptions options)
    {
        ServeSettings.Limit(kestrel.Limits, arguments, options);
        kestrel.AddServerHeader = false;
        var port = arguments.GetRequiredValue(options.Port);
        var host = arguments.GetRequiredValue(options.Host);
        var address = host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(host, out var parsed) ? parsed
            : throw new ArgumentException($"--host: '{host}' is not an address; give one of this machine's, such as 127.0.0.1 or 0.0.0.0.");
        kestrel.Listen(address, port, listen =>
        {
            if (arguments.GetValue(options.Certificate) is { } certificate)
            {
                var (own, chain) = ReadCertificate(certificate, arguments.GetValue(options.CertificateKey));
                listen.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (own, chain));
            }
            else if (arguments.GetValue(options.CertificateKey) is not null)
            {
                throw new ArgumentException("--certificate-key: there is no --certificate that it belongs to.");
            }
        });
    }

    // Clients know the authority at the end of the chain alone: what is between it and the server's own certificate is sent along.
    private static (X509Certificate2 Own, X509Certificate2Collection Chain) ReadCertificate(string certificate, string? key)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return (X509Certificate2.CreateFromPemFile(certificate, key), chain);
        }
        catch (CryptographicException failure)
        {
            throw new ArgumentException($"--certificate: {certificate}{(key is null ? "" : $" and {key}")} cannot be used: {failure.Message.TrimEnd('.')}.", failure);
        }
    }

    private static void AddLog(ILoggingBuilder logging, string kind)
    {
        if (kind == "none")
        {
            return;
        }

        logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a failed start is told in one sentence
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (kind == "json")
        {
            logging.AddJsonConsole(json => json.TimestampFormat = "O");
        }
        else
        {
            logging.AddSimpleConsole(simple => (simple.SingleLine, simple.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff "));
        }
    }

    /// <summary>What the option does not say, OpenTelemetry's own variables do: protocol, headers, the name of the service.</summary>
    private static void AddTelemetry(WebApplicationBuilder builder, string? endpoint)
    {
        if (endpoint is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ServeOptions.OtlpVariable)))
        {
            return;
        }

        Uri? address = null;
        if (endpoint is not null && !Uri.TryCreate(endpoint, UriKind.Absolute, out address))
        {
            throw new ArgumentException($"--otlp-endpoint: '{endpoint}' is not a URL.");
        }

        builder.Configuration.AddInMemoryCollection(
            Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .Where(variable => ((string)variable.Key).StartsWith(OpenTelemetryVariables, StringComparison.Ordinal))
                .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value)));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => _ = builder.Configuration["OTEL_SERVICE_NAME"] is null && builder.Configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.name=", StringComparison.Ordinal) is not true ? resource.AddService("micse") : resource)
            .WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", MiCseTelemetry.ActivitySource).AddOtlpExporter(otlp => SetEndpoint(otlp, address, "v1/traces")))
            .WithMetrics(metrics => metrics.AddMeter(MiCseTelemetry.Meter).AddOtlpExporter(otlp => SetEndpoint(otlp, address, "v1/metrics")));
    }

    // Over HTTP each signal has a path of its own.
    private static void SetEndpoint(OtlpExporterOptions otlp, Uri? address, string path)
    {
        if (address is not null)
        {
            otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri($"{address.AbsoluteUri.TrimEnd('/')}/{path}") : address;
        }
    }

    /// <summary>Signals are handled by the program.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>The server cannot start; the message is one sentence.</summary>
internal sealed class ServeFailure(string message) : Exception(message);
