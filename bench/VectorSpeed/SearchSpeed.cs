using System.Globalization;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>One query and 64 at once, float32 and int8, beside faiss's exact index of float32 vectors.</summary>
internal sealed class SearchSpeed(Setting setting, int rows) : SpeedSection
{
    private const int Dimensions = 256;
    private const int Hits = 10;
    private const int Together = 64;

    // Single queries a round: one alone takes too short a time to measure.
    private const int Singles = 16;

    private const string One = "float32, one query";
    private const string Many = "float32, 64 queries at once";
    private const string OneInt8 = "int8, one query";
    private const string ManyInt8 = "int8, 64 queries at once";
    private const string FaissOne = "faiss flat, one query";
    private const string FaissMany = "faiss flat, 64 queries at once";
    private const string Reading = "reading";

    private readonly string _rows = setting.PathOf($"random-{rows}");
    private readonly string _queries = setting.PathOf("queries");

    public override string Title => string.Create(CultureInfo.InvariantCulture, $"Search: {rows:N0} random unit vectors of {Dimensions} dimensions, the best {Hits}");

    public override void Prepare()
    {
        if (!File.Exists(_queries))
        {
            VectorFile.Write(_queries, VectorFile.Random(Together, Dimensions, seed: -Together));
        }

        if (!File.Exists(_rows))
        {
            VectorFile.Write(_rows, VectorFile.Random(rows, Dimensions, seed: 0));
        }

        foreach (var precision in Enum.GetValues<IndexPrecision>())
        {
            if (!Directory.Exists(IndexPath(precision)))
            {
                WriteIndex(IndexPath(precision), precision);
            }
        }
    }

    public override string Measure()
    {
        using var faiss = PythonContestant.Start(setting.Python, "faiss_flat.py", _rows, _queries, $"{Dimensions}", $"{Hits}");
        using var float32 = VectorIndex.Open(IndexPath(IndexPrecision.Float32));
        using var int8 = VectorIndex.Open(IndexPath(IndexPrecision.Int8));
        var queries = VectorFile.Read(_queries, Dimensions);
        var contest = new Contest();
        contest.Add(Reading, Machine.Reading());
        contest.Add(One, () => SearchSingles(float32, queries));
        contest.Add(OneInt8, () => SearchSingles(int8, queries));
        contest.Add(Many, () => float32.Search(queries, Hits));
        contest.Add(ManyInt8, () => int8.Search(queries, Hits));
        if (faiss is not null)
        {
            contest.Add(FaissOne, () => faiss.Seconds($"seconds one {Singles}"));
            contest.Add(FaissMany, () => faiss.Seconds("seconds many 1"));
        }

        contest.Run(setting.Rounds);
        var exact = Ids(float32, queries);
        var recall = Shared(exact, Ids(int8, queries));
        var bandwidth = 1 / contest.Seconds(Reading);
        var read = rows * (double)Dimensions * sizeof(float) / 1e9;
        var text = FormattableString.Invariant(
            $"""
            {Machine.Description}; {bandwidth:0.0} GB/s read by a plain loop on all processors. Medians of {setting.Rounds} rounds; {faiss?.Name ?? "there was no faiss for this Python"}.

            | search | ms | queries/s | against faiss flat |
            |---|---|---|---|

            """);
        foreach (var (name, count, other) in new[]
        {
            (One, Singles, FaissOne), (OneInt8, Singles, FaissOne), (FaissOne, Singles, FaissOne),
            (Many, Together, FaissMany), (ManyInt8, Together, FaissMany), (FaissMany, Together, FaissMany),
        })
        {
            if (faiss is not null || other != name)
            {
                var seconds = contest.Seconds(name);
                text += FormattableString.Invariant(
                    $"| {name} | {1000 * seconds / (count == Singles ? Singles : 1):0.0} | {count / seconds:0.0} | {(faiss is null ? "" : $"{contest.Ratio(name, other):0.0} ×")} |\n");
            }
        }

        return text + FormattableString.Invariant(
            $"""

            - A float32 query reads {read / contest.Seconds(One) * Singles:0.0} GB/s, {contest.Ratio(One, Reading) * read * Singles:P0} of what the plain loop reads.
            - An int8 query is {contest.Ratio(OneInt8, One):0.0} times as fast as a float32 one, with a recall of {recall:0.000}.
            - {(faiss is null ? "" : $"{Shared(exact, FaissIds(faiss)):P1} of the hits are also faiss's.")}
            """);
    }

    private static void SearchSingles(VectorIndex index, EmbeddingMatrix queries)
    {
        for (var query = 0; query < Singles; query++)
        {
            index.Search(queries[query], Hits);
        }
    }

    private static int[][] Ids(VectorIndex index, EmbeddingMatrix queries) =>
        [.. index.Search(queries, Hits).Select(hits => hits.Select(hit => int.Parse(hit.Id, CultureInfo.InvariantCulture) - 1).ToArray())];

    private static int[][] FaissIds(PythonContestant faiss) =>
        [.. faiss.Ask("ids").Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Chunk(Hits)];

    private static double Shared(int[][] expected, int[][] found) =>
        expected.Zip(found, (first, second) => first.Intersect(second).Count()).Average() / Hits;

    private string IndexPath(IndexPrecision precision) => setting.PathOf($"index-{rows}-{precision}");

    private void WriteIndex(string path, IndexPrecision precision)
    {
        var vectors = VectorFile.Read(_rows, Dimensions);
        var beside = path + ".new";
        using (var writer = VectorIndexWriter.Create(beside, new VectorSource("random", "none", Dimensions), precision))
        {
            for (var row = 0; row < vectors.Count; row++)
            {
                writer.Add("", vectors[row]);
            }

            writer.Commit();
        }

        Directory.Move(beside, path);
    }
}
