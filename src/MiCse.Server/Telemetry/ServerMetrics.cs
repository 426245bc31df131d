using System.Diagnostics;
using MiCse.Server.Configuration;
using MiCse.Server.Models;
using MiCse.Server.Requests;
using Microsoft.AspNetCore.Http;
using Prometheus;

namespace MiCse.Server.Telemetry;

/// <summary>The server's counters for Prometheus, by the names of text-embeddings-inference, whose dashboards work; those of our own begin with micse_.</summary>
internal sealed class ServerMetrics
{
    private static readonly double[] s_durations = [.. Enumerable.Range(0, 35).Select(power => 1.5e-5 * Math.Pow(1.5, power))];
    private static readonly double[] s_sizes = [.. Enumerable.Range(0, 15).Select(power => Math.Pow(2, power))];

    private static readonly object s_isCounted = new();

    private readonly MiCseServerOptions _options;
    private readonly GenAiTelemetry _telemetry;
    private readonly Counter _requests;
    private readonly Counter _successes;
    private readonly Counter _failures;
    private readonly Counter _embeds;
    private readonly Counter _embedSuccesses;
    private readonly Counter _tokens;
    private readonly Histogram _duration;
    private readonly Histogram _tokenization;
    private readonly Histogram _queue;
    private readonly Histogram _inference;
    private readonly Histogram _inputLength;
    private readonly Histogram _embedDuration;
    private readonly Histogram _embedTokenization;
    private readonly Histogram _embedQueue;
    private readonly Histogram _embedInference;
    private readonly Histogram _batchSize;
    private readonly Histogram _batchTokens;

    public ServerMetrics(MiCseServerOptions options, GenAiTelemetry telemetry)
    {
        (_options, _telemetry) = (options, telemetry);
        var metrics = Metrics.WithCustomRegistry(Registry);
        _requests = metrics.CreateCounter("te_request_count", "Requests.", "method");
        _successes = metrics.CreateCounter("te_request_success", "Requests that were answered.", "method");
        _failures = metrics.CreateCounter("te_request_failure", "Requests that were refused, by reason.", "err");
        _embeds = metrics.CreateCounter("te_embed_count", "Texts that were to be encoded.");
        _embedSuccesses = metrics.CreateCounter("te_embed_success", "Texts that were encoded.");
        _tokens = metrics.CreateCounter("micse_tokens", "Tokens that were encoded, special tokens included.");
        _duration = Duration("te_request_duration", "Time of a request.");
        _tokenization = Duration("te_request_tokenization_duration", "Time of tokenizing a request's texts.");
        _queue = Duration("te_request_queue_duration", "Time that a request waited.");
        _inference = Duration("te_request_inference_duration", "Time from a request's first batch to its end.");
        _inputLength = Sizes("te_request_input_length", "Tokens of a request.");
        _embedDuration = Duration("te_embed_duration", "Time of a request for embeddings.");
        _embedTokenization = Duration("te_embed_tokenization_duration", "Time of tokenizing its texts.");
        _embedQueue = Duration("te_embed_queue_duration", "Time that it waited.");
        _embedInference = Duration("te_embed_inference_duration", "Time from its first batch to its end.");
        _batchSize = Sizes("te_batch_next_size", "Texts of a batch.");
        _batchTokens = Sizes("te_batch_next_tokens", "Tokens of a batch.");

        Histogram Duration(string name, string help) => metrics.CreateHistogram(name, help, new HistogramConfiguration { Buckets = s_durations });
        Histogram Sizes(string name, string help) => metrics.CreateHistogram(name, help, new HistogramConfiguration { Buckets = s_sizes });
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Adds what the models say when they are asked.</summary>
    public void Observe(ModelHost models, RequestBody bodies)
    {
        var metrics = Metrics.WithCustomRegistry(Registry);
        var waiting = metrics.CreateGauge("te_queue_size", "Texts that wait or are being encoded.");
        var waitingTokens = metrics.CreateGauge("micse_queue_tokens", "Tokens that wait or are being encoded, estimated.");
        var rate = metrics.CreateGauge("micse_tokens_per_second", "Measured rate of a model.", "model");
        var loaded = metrics.CreateGauge("micse_model_bytes", "Bytes of the weights of loaded models.");
        var held = metrics.CreateGauge("micse_body_bytes", "Bytes of the bodies of requests that are being answered.");
        var memory = metrics.CreateGauge("micse_resident_bytes", "Resident memory of the process.");
        Registry.AddBeforeCollectCallback(() =>
        {
            waiting.Set(models.Models.Sum(model => model.Admission.State.Texts));
            waitingTokens.Set(models.Models.Sum(model => model.Admission.State.Tokens));
            loaded.Set(models.LoadedBytes);
            held.Set(bodies.Bytes);
            memory.Set(Environment.WorkingSet);
            foreach (var model in models.Models)
            {
                rate.WithLabels(model.Name).Set(model.Admission.State.TokensPerSecond ?? 0);
            }
        });
    }

    /// <summary>Counts a batch.</summary>
    public void CountBatch(int texts, int tokens)
    {
        _batchSize.Observe(texts);
        _batchTokens.Observe(tokens);
    }

    /// <summary>Counts a refusal, once a request: what was measured is counted already.</summary>
    public void CountRefusal(HttpContext context, RefusalKind kind)
    {
        if (!context.Items.ContainsKey(s_isCounted))
        {
            _failures.WithLabels(Reason(kind)).Inc();
        }
    }

    /// <summary>Begins to measure a request.</summary>
    public MeasuredRequest Start(EncodeRequest request, HttpContext context) => new(this, request, context);

    private static string Reason(RefusalKind kind) => kind switch
    {
        RefusalKind.Overloaded or RefusalKind.RateLimited or RefusalKind.NotReady => "overloaded",
        RefusalKind.TooLarge => "batch_size",
        RefusalKind.TooLong => "tokenization",
        RefusalKind.Unsupported => "model_type",
        RefusalKind.Empty => "missing_values",
        RefusalKind.Failed => "inference",
        _ => "validation",
    };

    /// <summary>A request that is measured until it is disposed.</summary>
    internal sealed class MeasuredRequest : IDisposable
    {
        private readonly ServerMetrics _metrics;
        private readonly HttpContext _context;
        private readonly string _method;
        private readonly int _texts;
        private readonly long _start;
        private readonly Activity? _activity;
        private EncodeAnswer? _answer;
        private string? _error = "dropped";

        public MeasuredRequest(ServerMetrics metrics, EncodeRequest request, HttpContext context)
        {
            (_metrics, _context) = (metrics, context);
            _start = metrics._options.Time.GetTimestamp();
            _method = request.Input.IsSingle ? "single" : "batch";
            _texts = request.Input.Count;
            _activity = metrics._telemetry.Start(request, context);
            metrics._requests.WithLabels(_method).Inc();
            metrics._embeds.Inc(_texts);
        }

        public TimeSpan Elapsed => _metrics._options.Time.GetElapsedTime(_start);

        public void Succeed(EncodeAnswer? answer)
        {
            (_answer, _error) = (answer, null);
            _metrics._successes.WithLabels(_method).Inc();
            _metrics._embedSuccesses.Inc(_texts);
            if (answer is null)
            {
                return;
            }

            var times = answer.Times;
            _metrics._tokens.Inc(answer.Tokens);
            _metrics._inputLength.Observe(answer.Tokens);
            Observe(Elapsed, _metrics._duration, _metrics._embedDuration);
            Observe(times.Tokenizing, _metrics._tokenization, _metrics._embedTokenization);
            Observe(times.Waiting, _metrics._queue, _metrics._embedQueue);
            Observe(times.Computing, _metrics._inference, _metrics._embedInference);
        }

        /// <summary>Runs a part of the request, and counts its failure.</summary>
        public async Task<T> RunAsync<T>(Func<Task<T>> part)
        {
            try
            {
                return await part().ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                Fail(failure switch
                {
                    RefusalException refused => Reason(refused.Refusal.Kind),
                    OperationCanceledException => "dropped",
                    _ => Reason(RefusalKind.Failed),
                });
                throw;
            }
        }

        public void Dispose() => _metrics._telemetry.End(_activity, Elapsed, _answer, _error);

        private static void Observe(TimeSpan time, Histogram first, Histogram second)
        {
            first.Observe(time.TotalSeconds);
            second.Observe(time.TotalSeconds);
        }

        private void Fail(string reason)
        {
            _error = reason;
            _context.Items[s_isCounted] = true;
            _metrics._failures.WithLabels(reason).Inc();
        }
    }
}
