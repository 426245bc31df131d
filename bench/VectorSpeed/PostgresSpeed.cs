using System.Diagnostics;
using System.Globalization;
using System.Text;
using MiCse.Data;
using MiCse.Models;
using MiCse.Postgres;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>An index of sentences in Postgres: pushed, killed in the middle, pushed again, compared row by row; then what HNSW finds, and how fast.</summary>
/// <param name="setting">Folder.</param>
/// <param name="address">The database.</param>
/// <param name="model">What encodes; null for vectors around topics instead of the sentences' own.</param>
/// <param name="sentences">One a line; more than <paramref name="rows"/>.</param>
/// <param name="rows">How many are indexed; those after them are queries.</param>
/// <param name="hnsw">Whether the HNSW index is made and measured.</param>
internal sealed class PostgresSpeed(Setting setting, string address, string? model, string sentences, int rows, bool hnsw) : SpeedSection
{
    /// <summary>The command that pushes in a process of its own, to be killed.</summary>
    public const string PushCommand = "postgres-push";

    private const string TableName = "micse_bench";
    private const int Dimensions = 384;
    private const int Hits = 10;
    private const int RowsAtATime = 20_000;
    private const int ExactQueries = 20;
    private const int Queries = 100;
    private const string BuildMemory = "1GB";

    private static readonly int[] s_efSearch = [10, 40, 100, 200, 400];

    private readonly Lazy<EmbeddingMatrix> _topics = new(() => VectorFile.Topics(rows, Dimensions));
    private readonly PostgresPushOptions _options = new() { Table = TableName };

    public override string Title => string.Create(CultureInfo.InvariantCulture, $"{rows:N0} sentences of Wikipedia{(hnsw ? "" : ", without HNSW")}");

    public override string Document => "Postgres with pgvector";

    public override string Arguments => string.Create(CultureInfo.InvariantCulture, $"postgres --rows {rows}{(model is null ? "" : $" --encode {model}")}{(hnsw ? "" : " --without-hnsw")} --to postgres://… -o bench/results/postgres.md");

    private string IndexPath => setting.PathOf($"{(model is null ? "topics" : "sentences")}-{rows}");

    private string QueryPath => IndexPath + "-queries";

    /// <summary>Pushes, saying how many rows are done.</summary>
    public static void Push(string index, string address)
    {
        using var opened = VectorIndex.Open(index);
        PostgresIndex.PushAsync(opened, address, new PostgresPushOptions { Table = TableName }, new Told(Console.WriteLine)).GetAwaiter().GetResult();
    }

    public override void Prepare()
    {
        if (Directory.Exists(IndexPath))
        {
            return;
        }

        var texts = TextFile.ReadTexts(sentences).Take(rows + Queries).ToList();
        using var encoder = model is null ? null : SentenceEncoder.Load(model, new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });
        var beside = IndexPath + ".new";
        using (var writer = VectorIndexWriter.Create(beside, encoder is null ? new VectorSource("topics", "none", Dimensions, "topics") { Prompt = "" } : VectorSource.Of(encoder)))
        {
            for (var first = 0; first < rows; first += RowsAtATime)
            {
                var some = Vectors(encoder, texts, first, Math.Min(RowsAtATime, rows - first));
                for (var row = 0; row < some.Count; row++)
                {
                    writer.Add(texts[first + row], some[row]);
                }
            }

            writer.Commit();
        }

        VectorFile.Write(QueryPath, Vectors(encoder, texts, rows, Queries));
        Directory.Move(beside, IndexPath);
    }

    public override string Measure()
    {
        using var index = VectorIndex.Open(IndexPath);
        return MeasureAsync(index, VectorFile.Read(QueryPath, index.Source.Dimensions)).GetAwaiter().GetResult();
    }

    private EmbeddingMatrix Vectors(SentenceEncoder? encoder, List<string> texts, int first, int count) => encoder is null
        ? VectorFile.Around(first, count, _topics.Value)
        : encoder.Encode(texts.GetRange(first, count)).Embeddings;

    private async Task<string> MeasureAsync(VectorIndex index, EmbeddingMatrix queries)
    {
        await using var database = await PostgresDatabase.OpenAsync(address, create: true, CancellationToken.None);
        var table = new PostgresTable(TableName, index.Source.Dimensions);
        await database.ExecuteAsync($"drop table if exists {table.Name}", CancellationToken.None);
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.Append(culture, $"{Machine.Description}. {await database.ValueAsync("select version()", CancellationToken.None)}, pgvector {await database.ValueAsync("select extversion from pg_extension where extname = 'vector'", CancellationToken.None)}; ")
            .Append(culture, $"{index.Source.Dimensions} dimensions{(model is null ? $", vectors around topics, {VectorFile.RowsPerTopic} rows each, instead of the sentences' own" : $" of {Path.GetFileName(model)}")}.\n\n| | |\n|---|---|\n");

        var told = KillInTheMiddle();
        var kept = (long)(await database.ValueAsync($"select count(*) from {table.Name}", CancellationToken.None))!;
        Row("rows in the table after a push that was ended by kill -9", $"{kept:N0}, when {told:N0} had been told");
        var start = Stopwatch.GetTimestamp();
        var second = await PostgresIndex.PushAsync(index, address, _options);
        Row("pushed again", $"{second.Changed:N0} rows written in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; {second.TableRows:N0} in the table, {index.Count:N0} in the index");
        start = Stopwatch.GetTimestamp();
        var third = await PostgresIndex.PushAsync(index, address, _options);
        Row("and again", $"{third.Changed:N0} rows written in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        Row("rows whose text or vector is not that of the index", $"{await DifferentAsync(database, table, index):N0}");
        await using var there = await PostgresIndex.OpenAsync(address, TableName);
        var (same, exact) = (0, new List<double>());
        for (var query = 0; query < ExactQueries; query++)
        {
            var (found, milliseconds) = await TimedAsync(there, queries[query].ToArray(), new PostgresSearchOptions { Exact = true });
            exact.Add(milliseconds);
            same += found.SequenceEqual(index.Search(queries[query], Hits)) ? 1 : 0;
        }

        Row($"queries whose {Hits} nearest, in ids, scores and order, are those of the index", $"{same} of {ExactQueries}");
        if (hnsw)
        {
            await database.ExecuteAsync($"set maintenance_work_mem = '{BuildMemory}'", CancellationToken.None);
            start = Stopwatch.GetTimestamp();
            await database.ExecuteAsync(table.CreateHnsw(SimilarityMeasure.Cosine), CancellationToken.None);
            Row($"HNSW made (m 16, ef_construction 64, maintenance_work_mem {BuildMemory})", $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
            await database.ExecuteAsync($"analyze {table.Name}", CancellationToken.None);
        }

        text.Append(culture, $"\n| search of the {Hits} nearest | recall | ms a query (median) | ms, 95 of 100 queries |\n|---|---|---|---|\n");
        Searched("exact", 1, exact);
        for (var at = 0; hnsw && at < s_efSearch.Length; at++)
        {
            var options = new PostgresSearchOptions { EfSearch = s_efSearch[at] };
            var (recall, own) = (0.0, new List<double>());
            for (var query = 0; query < queries.Count; query++)
            {
                var (found, milliseconds) = await TimedAsync(there, queries[query].ToArray(), options);
                own.Add(milliseconds);
                recall += PostgresPush.RecallOf(index.Search(queries[query], Hits), found);
            }

            Searched($"HNSW, ef_search {options.EfSearch}", recall / queries.Count, own);
        }

        return text.ToString();

        void Row(string what, FormattableString value)
        {
            text.Append(culture, $"| {what} | {value.ToString(culture)} |\n");
            Console.Error.WriteLine($"{what}: {value.ToString(culture)}");
        }

        void Searched(string what, double recall, List<double> milliseconds)
        {
            double[] sorted = [.. milliseconds.Order()];
            text.Append(culture, $"| {what} | {recall:0.000} | {sorted[sorted.Length / 2]:0.0} | {sorted[sorted.Length * 19 / 20]:0.0} |\n");
        }
    }

    /// <summary>Ends a push with SIGKILL when half of the rows are there.</summary>
    /// <returns>How many rows it had told of.</returns>
    private long KillInTheMiddle()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [PushCommand, "--to", address, "--index", IndexPath]) { RedirectStandardOutput = true };
        using var push = Process.Start(start)!;
        var told = 0L;
        while (told < rows / 2 && push.StandardOutput.ReadLine() is { } line)
        {
            told = long.Parse(line, CultureInfo.InvariantCulture);
        }

        push.Kill();
        push.WaitForExit();
        return told;
    }

    private static async Task<int> DifferentAsync(PostgresDatabase database, PostgresTable table, VectorIndex index)
    {
        await using var command = database.Command($"select id, text, embedding from {table.Name}");
        await using var reader = await command.ExecuteReaderAsync();
        var different = 0;
        while (await reader.ReadAsync())
        {
            var row = index.Find(reader.GetString(0));
            different += row is { } own && own.Text == reader.GetString(1) && own.Vector.AsSpan().SequenceEqual(table.Read(reader, 2)) ? 0 : 1;
        }

        return different;
    }

    private static async Task<(IReadOnlyList<SearchHit> Found, double Milliseconds)> TimedAsync(PostgresIndex index, float[] query, PostgresSearchOptions options)
    {
        var start = Stopwatch.GetTimestamp();
        var found = await index.SearchAsync(query, Hits, options);
        return (found, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Reports where they are made, at once.</summary>
    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => tell(value);
    }
}
