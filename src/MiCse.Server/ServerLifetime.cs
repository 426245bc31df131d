using MiCse.Files;
using MiCse.Hub;
using MiCse.Server.Configuration;
using MiCse.Server.Indexes;
using MiCse.Server.Models;
using MiCse.Server.Requests;
using MiCse.Server.State;
using MiCse.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MiCse.Server;

/// <summary>Loads and warms up when the application starts, while it listens already; and when it stops, lets requests end first.</summary>
internal sealed class ServerLifetime(
    MiCseServerOptions options, ServerState state, ModelHost models, ServerMetrics metrics, RequestBody bodies, ServerLog log, IServiceProvider services) : IHostedLifecycleService, IDisposable
{
    private const int WarmUpRuns = 2;
    private const int TextsPerWorker = 2;
    private const int ThreadsPerCore = 8;

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Ends with the warm-up.</summary>
    public Task WarmUp { get; private set; } = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        KeepThreadsFree();
        metrics.Observe(models, bodies);
        WarmUp = Task.Run(() => PrepareAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the listening ends: clients are told to close their connections, for a moment, and what was begun ends.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.SetStopping();
        log.Stopping(state.Requests);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.Delay(options.ShutdownGrace, options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await state.WaitUntilIdleAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        log.Stopped(state.TotalRequests);
        return Task.CompletedTask;
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>
    /// Encoders compute on threads of the pool, one a core. Were there no others at once, a request that comes meanwhile would wait until the pool makes one, about half a second.
    /// </summary>
    private static void KeepThreadsFree()
    {
        ThreadPool.GetMinThreads(out var workers, out var completion);
        ThreadPool.SetMinThreads(Math.Max(workers, ThreadsPerCore * Environment.ProcessorCount), completion);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var model = models.Default;
        try
        {
            var start = options.Time.GetTimestamp();
            using var lease = await models.UseAsync(model, cancellationToken).ConfigureAwait(false);
            log.Loaded(model.Name, lease.Encoder.ModelId, model.Bytes ?? 0, (long)options.Time.GetElapsedTime(start).TotalMilliseconds);
            OpenIndexes();
            var rate = await MeasureAsync(lease.Encoder, cancellationToken).ConfigureAwait(false);
            model.Admission.SetRate(rate);
            log.Ready((long)rate);
            state.SetReady();
            _ = Task.Run(() => lease.Encoder.Fingerprint, cancellationToken); // for the headers of the first answer
            await models.LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped before it was ready.
        }
        catch (IndexFailure failure)
        {
            log.IndexNotOpened(failure.Message);
            state.Failure = failure.Message;
        }
        catch (Exception failure) when (failure is HubException or ModelFormatException or DataFormatException or IOException or UnauthorizedAccessException or RefusalException or ArgumentException)
        {
            log.NotLoaded(model.Name, failure.Message);
            state.Failure = failure.Message;
        }
    }

    private void OpenIndexes()
    {
        try
        {
            services.GetRequiredService<IndexHost>();
        }
        catch (Exception failure) when (failure is DataFormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IndexFailure(failure.Message);
        }
    }

    /// <summary>Encodes something like first requests, and measures about how fast that goes; the requests themselves soon tell better.</summary>
    private async Task<double> MeasureAsync(SentenceEncoder encoder, CancellationToken cancellationToken)
    {
        var texts = Enumerable.Range(0, TextsPerWorker * encoder.Workers).Select(number => $"A man is playing a guitar in the street, and {number} people listen to him.").ToList();
        var best = 1.0;
        for (var run = 0; run < WarmUpRuns; run++)
        {
            var start = options.Time.GetTimestamp();
            var encoded = await encoder.EncodeAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
            best = Math.Max(best, encoded.TokenCounts.Sum() / Math.Max(1e-4, options.Time.GetElapsedTime(start).TotalSeconds));
        }

        return best;
    }

    /// <summary>An index cannot be opened.</summary>
    private sealed class IndexFailure(string message) : Exception(message);
}
