using System.Text.Json;
using System.Threading.Channels;
using MiCse.Clustering;
using MiCse.Inference;
using MiCse.Mapping;
using MiCse.Server.Configuration;
using MiCse.Server.Pipeline;
using MiCse.Server.Requests;
using MiCse.Vectors;
using MiCse.Views.Map;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Views;

/// <summary>
/// Texts → clusters and a map, told while they are computed: lines of JSON, the last of which has the stage "done". One map is drawn at a time, on one
/// thread, so that requests for embeddings keep the others.
/// </summary>
internal sealed class MapService(MiCseServerOptions options, EncodeService service) : IDisposable
{
    private const int MostClusters = 12;
    private const int TrustNeighbors = 5;
    private const int MostTrustRows = 1_000;
    private const long Seed = 42;

    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(0.15);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Answers a request.</summary>
    /// <exception cref="RefusalException">It is refused.</exception>
    public async Task AnswerAsync(HttpContext context, MapRequest request)
    {
        Check(request);
        using var deadline = service.Deadline(context);
        var lines = Channel.CreateUnbounded<byte[]>();
        var drawing = DrawAsync(context, request, lines.Writer, deadline.Token);
        await foreach (var line in lines.Reader.ReadAllAsync(deadline.Token).ConfigureAwait(false))
        {
            if (!context.Response.HasStarted)
            {
                context.Response.ContentType = "application/x-ndjson";
                context.Response.Headers.XContentTypeOptions = "nosniff";
            }

            await context.Response.Body.WriteAsync(line, deadline.Token).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(deadline.Token).ConfigureAwait(false);
        }

        await drawing.ConfigureAwait(false);
    }

    public void Dispose() => _one.Dispose();

    private void Check(MapRequest request)
    {
        if (request.Texts.Count == 0 || request.Texts.Any(text => text is null))
        {
            throw new RefusalException(RefusalKind.Empty, "texts must be a list of at least one text.", "texts");
        }

        if (request.Texts.Count > options.Limits.MapTexts)
        {
            throw new RefusalException(RefusalKind.TooLarge, $"The map would have {request.Texts.Count} texts; at most {options.Limits.MapTexts} are drawn. `micse map` draws larger ones.", "texts");
        }

        if (request.Clusters is < 1)
        {
            throw new RefusalException(RefusalKind.Invalid, $"clusters is {request.Clusters}; there must be at least one.", "clusters");
        }
    }

    private async Task DrawAsync(HttpContext context, MapRequest request, ChannelWriter<byte[]> lines, CancellationToken stop)
    {
        try
        {
            var counting = new Throttled<EncodeProgress>(options.Time, progress => Write(lines, "encoding", json =>
            {
                json.WriteNumber("done", progress.TextsDone);
                json.WriteNumber("total", request.Texts.Count);
            }));
            var answer = await service.EncodeAsync(
                context, new EncodeRequest(request.Model, new TextInput(request.Texts, null)) { Field = "texts", Progress = counting }).ConfigureAwait(false);
            await _one.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                await Task.Run(() => Draw(request, answer.Texts.Embeddings, answer.TruncatedTexts.Length, lines, stop), stop).ConfigureAwait(false);
            }
            finally
            {
                _one.Release();
            }

            lines.Complete();
        }
        catch (Exception failure)
        {
            lines.Complete(failure);
        }
    }

    private void Draw(MapRequest request, EmbeddingMatrix embeddings, int truncated, ChannelWriter<byte[]> lines, CancellationToken stop)
    {
        var texts = request.Texts;
        var clusters = request.Clusters ?? (int)Math.Clamp(Math.Round(Math.Sqrt(texts.Count) / 2), 1, MostClusters);
        var partition = KMeans.Cluster(embeddings, new KMeansOptions { Clusters = clusters, Seed = Seed, Threads = 1 }, null, stop);
        var map = new TextMap("Map of the texts", texts, ClusterNames.Of(texts, partition), new EmbeddingMatrix(texts.Count, 2), null);
        Write(lines, "clusters", json =>
        {
            json.WriteString("title", map.Title);
            json.WriteString("about", map.About);
            json.WriteNumber("truncated", truncated);
            MapPage.WriteLabels(json, map);
        });

        var moving = new Throttled<float[]>(options.Time, points => WritePlaces("moving", new EmbeddingMatrix([.. points], texts.Count, 2), null));
        var points = Umap.FitWatched(embeddings, new UmapOptions { Seed = Seed, Threads = 1 }, null, moving.Report, stop).Points;
        var neighbors = Math.Min(TrustNeighbors, (texts.Count - 1) / 2);
        double? trust = neighbors == 0 ? null : Trustworthiness.Of(embeddings, points, neighbors, MostTrustRows, 1, null, stop);
        WritePlaces("done", points, (map with { Trustworthiness = trust }).About);

        void WritePlaces(string stage, EmbeddingMatrix places, string? about) => Write(lines, stage, json =>
        {
            MapPage.WritePlaces(json, places, MapFrame.Around(places));
            if (about is not null)
            {
                json.WriteString("about", about);
            }
        });
    }

    private static void Write(ChannelWriter<byte[]> lines, string stage, Action<Utf8JsonWriter> write)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("stage", stage);
            write(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lines.TryWrite(line.ToArray());
    }

    /// <summary>Passes on what is reported, but not more often than people see.</summary>
    private sealed class Throttled<T>(TimeProvider time, Action<T> report) : IProgress<T>
    {
        private long? _last;

        public void Report(T value)
        {
            if (_last is not { } last || time.GetElapsedTime(last) >= s_between)
            {
                report(value);
                _last = time.GetTimestamp();
            }
        }
    }
}
