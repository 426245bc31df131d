using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Tests;

public sealed class TelemetryTests(SharedServer shared)
{
    [Fact]
    public async Task Spans_have_the_attributes_of_gen_ai()
    {
        var model = $"span-{Guid.NewGuid():N}";
        await using var server = await ServerRun.StartAsync(options => options.Models.Add(new ServedModel(model, ServerRun.Model)));
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MiCseTelemetry.ActivitySource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await server.PostAsync("/v1/embeddings", $$"""{"input": ["one", "two"], "model": "{{model}}", "encoding_format": "base64", "dimensions": 8}""");
        await server.PostAsync("/v1/embeddings", $$"""{"input": "one", "model": "{{model}}", "dimensions": 100000}""");

        Activity[] own;
        lock (spans)
        {
            own = [.. spans.Where(span => span.DisplayName == $"embeddings {model}")];
        }

        Assert.Equal(2, own.Length);
        var tags = own[0].TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);
        Assert.Equal("embeddings", tags["gen_ai.operation.name"]);
        Assert.Equal("micse", tags["gen_ai.provider.name"]);
        Assert.Equal(model, tags["gen_ai.request.model"]);
        Assert.Equal("micse-small-en", tags["gen_ai.response.model"]);
        Assert.Equal(8, tags["gen_ai.embeddings.dimension.count"]);
        Assert.Equal(["base64"], (string[])tags["gen_ai.request.encoding_formats"]!);
        Assert.Equal(shared.Encoder.Encode(["one", "two"]).TokenCounts.Sum(count => (long)count), tags["gen_ai.usage.input_tokens"]);
        Assert.Equal("validation", own[1].GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, own[1].Status);
    }

    [Fact]
    public async Task Meters_have_the_names_and_buckets_of_gen_ai()
    {
        await using var server = await ServerRun.StartAsync();
        var measured = new List<(string Name, string? Unit, double Value)>();
        var buckets = new Dictionary<string, double[]>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == MiCseTelemetry.Meter && instrument.Meter.Scope == server.App.Services.GetRequiredService<IMeterFactory>())
                {
                    self.EnableMeasurementEvents(instrument);
                    buckets[instrument.Name] = instrument is Histogram<double> seconds ? [.. seconds.Advice!.HistogramBucketBoundaries!] : [];
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        listener.Start();

        await server.PostAsync("/embed", """{"inputs": "one"}""");

        lock (measured)
        {
            Assert.Contains(measured, entry => entry is { Name: "gen_ai.server.request.duration", Unit: "s" });
            Assert.Contains(measured, entry => entry is { Name: "gen_ai.client.embeddings.duration", Unit: "s" });
            Assert.Contains(measured, entry => entry is { Name: "gen_ai.client.embeddings.operation.input_tokens", Unit: "{token}", Value: 3 or 4 });
        }

        Assert.Equal(0.01, buckets["gen_ai.client.embeddings.duration"][0]);
        Assert.Equal(81.92, buckets["gen_ai.client.embeddings.duration"][^1], 1e-9);

        void Add(Instrument instrument, double value)
        {
            lock (measured)
            {
                measured.Add((instrument.Name, instrument.Unit, value));
            }
        }
    }

    [Fact]
    public async Task What_the_server_does_now_is_told()
    {
        var status = (await shared.Run.GetAsync("/status")).Json;

        Assert.True(status.GetProperty("ready").GetBoolean());
        Assert.False(status.GetProperty("models")[0].TryGetProperty("tokens_per_second", out var rate) && rate.GetDouble() <= 0);
        Assert.Equal(shared.Encoder.Fingerprint, status.GetProperty("models")[0].GetProperty("fingerprint").GetString());
        Assert.True(status.GetProperty("resident_bytes").GetInt64() > 0);
    }
}
