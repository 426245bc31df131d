using System.Diagnostics;
using System.Diagnostics.Metrics;
using MiCse.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Telemetry;

/// <summary>OpenTelemetry's spans and metrics of generative AI, by their names.</summary>
internal sealed class GenAiTelemetry : IDisposable
{
    private static readonly double[] s_seconds = [.. Enumerable.Range(0, 14).Select(power => 0.01 * Math.Pow(2, power))];
    private static readonly long[] s_tokens = [.. Enumerable.Range(0, 14).Select(power => (long)Math.Pow(4, power))];

    private readonly ActivitySource _source = new(MiCseTelemetry.ActivitySource);
    private readonly Meter _meter;
    private readonly Histogram<double> _serverDuration;
    private readonly Histogram<double> _clientDuration;
    private readonly Histogram<long> _inputTokens;

    public GenAiTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(MiCseTelemetry.Meter);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds };
        _serverDuration = _meter.CreateHistogram("gen_ai.server.request.duration", "s", "Time of a request.", advice: seconds);
        _clientDuration = _meter.CreateHistogram("gen_ai.client.embeddings.duration", "s", "Time of an embeddings operation.", advice: seconds);
        _inputTokens = _meter.CreateHistogram(
            "gen_ai.client.embeddings.operation.input_tokens", "{token}", "Tokens of an embeddings operation.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = s_tokens });
    }

    /// <summary>Begins the span of a request; null when nobody listens.</summary>
    public Activity? Start(EncodeRequest request, HttpContext context)
    {
        var activity = _source.StartActivity(request.Model is null ? "embeddings" : $"embeddings {Shown(request.Model)}", ActivityKind.Client);
        activity?.SetTag("gen_ai.operation.name", "embeddings").SetTag("gen_ai.provider.name", "micse")
            .SetTag("gen_ai.request.model", request.Model is null ? null : Shown(request.Model))
            .SetTag("gen_ai.request.encoding_formats", new[] { request.Format })
            .SetTag("server.address", context.Request.Host.Host).SetTag("server.port", context.Request.Host.Port ?? context.Connection.LocalPort);
        return activity;
    }

    /// <summary>Ends it.</summary>
    public void End(Activity? activity, TimeSpan elapsed, EncodeAnswer? answer, string? error)
    {
        var tags = new TagList { { "gen_ai.operation.name", "embeddings" }, { "gen_ai.provider.name", "micse" } };
        if (answer is not null)
        {
            tags.Add("gen_ai.request.model", answer.Model);
            tags.Add("gen_ai.response.model", answer.ModelId);
            activity?.SetTag("gen_ai.request.model", answer.Model).SetTag("gen_ai.response.model", answer.ModelId)
                .SetTag("gen_ai.embeddings.dimension.count", answer.Texts.Embeddings.Dimensions).SetTag("gen_ai.usage.input_tokens", answer.Tokens);
            _inputTokens.Record(answer.Tokens, tags);
        }

        if (error is not null)
        {
            tags.Add("error.type", error);
            activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        }

        _serverDuration.Record(elapsed.TotalSeconds, tags);
        _clientDuration.Record(elapsed.TotalSeconds, tags);
        activity?.Dispose();
    }

    public void Dispose() => _source.Dispose();

    // A client may send anything.
    private static string Shown(string model) => model.Length <= 100 ? model : model[..100];
}
