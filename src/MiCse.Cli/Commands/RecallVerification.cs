using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Postgres;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>What the approximate search of a database finds, with the settings that its users have, of what an exact one finds in the same table.</summary>
internal sealed class RecallVerification(string address, string table, int? efSearch, int top, double leastRecall)
{
    private const int SampledQueries = 100;

    /// <summary>Searches with and without the index, and reports.</summary>
    /// <param name="encode">Embeddings of the user's queries for vectors of a source; null takes rows of the table.</param>
    /// <param name="json">For programs.</param>
    /// <param name="streams">Where to report.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>Failed when the recall is too small.</returns>
    public int Run(Func<MiCse.Search.VectorSource, (EmbeddingMatrix Queries, SimilarityMeasure Measure)>? encode, bool json, StandardStreams streams, CancellationToken cancellationToken) =>
        RunAsync(encode, json, streams, cancellationToken).GetAwaiter().GetResult();

    private async Task<int> RunAsync(
        Func<MiCse.Search.VectorSource, (EmbeddingMatrix Queries, SimilarityMeasure Measure)>? encode, bool json, StandardStreams streams, CancellationToken cancellationToken)
    {
        await using var index = await PostgresIndex.OpenAsync(address, table, cancellationToken);
        var (queries, measure) = encode?.Invoke(index.Source) ?? (await index.SampleAsync(SampledQueries, cancellationToken), SimilarityMeasure.Cosine);
        var rows = await index.CountAsync(cancellationToken);
        if (queries.Count == 0)
        {
            throw new Files.DataFormatException(table, null, "has no rows to search for.");
        }

        var options = new PostgresSearchOptions { Measure = measure, EfSearch = efSearch };
        var uses = await index.UsesHnswAsync(top, options, cancellationToken);
        var (recall, own, exact) = (0.0, new List<double>(), new List<double>());
        for (var query = 0; query < queries.Count; query++)
        {
            var vector = queries[query].ToArray();
            var start = Stopwatch.GetTimestamp();
            var found = await index.SearchAsync(vector, top, options, cancellationToken);
            own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            var all = await index.SearchAsync(vector, top, options with { Exact = true }, cancellationToken);
            exact.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            recall += PostgresPush.RecallOf(all, found);
        }

        recall /= queries.Count;
        var used = efSearch ?? await index.EfSearchAsync(cancellationToken);
        if (uses && efSearch is null)
        {
            await index.RecordAsync(new MeasuredRecall(Math.Round(recall, 4), top, queries.Count, used, rows), cancellationToken);
        }

        var ok = recall >= leastRecall;
        Print(ok, recall, uses, used, rows, queries.Count, Median(own), Median(exact), json, streams);
        return ok ? ExitCode.Done : ExitCode.Failed;
    }

    private void Print(bool ok, double recall, bool uses, int used, long rows, int queries, double own, double exact, bool json, StandardStreams streams)
    {
        var culture = CultureInfo.InvariantCulture;
        if (json)
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["ok"] = ok, ["recall"] = Math.Round(recall, 4), ["top"] = top, ["queries"] = queries, ["rows"] = rows, ["hnsw"] = uses, ["efSearch"] = uses ? used : null,
                ["medianMilliseconds"] = Math.Round(own, 2), ["exactMedianMilliseconds"] = Math.Round(exact, 2),
            });
            return;
        }

        Columns.Write(
            streams.Output,
            [
                [ok ? "ok" : "FAILED", string.Create(culture, $"recall {recall:0.0000} of the {top} nearest, demanded ≥ {leastRecall:0.####}")],
                ["searched", uses ? string.Create(culture, $"with HNSW, ef_search {used}") : "whole: the planner uses no HNSW index"],
                ["rows", string.Create(culture, $"{rows:N0}, {queries:N0} queries")],
                ["a query", string.Create(culture, $"{own:0.00} ms, exactly {exact:0.00} ms (medians)")],
            ]);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
