using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>
/// The k best rows of segments. A fast scan leaves the few rows that its error cannot rule out; those are compared in double precision, so that
/// the result is that of the plain loop over all rows, on any processor and with any number of threads. Equal scores are sorted by id.
/// </summary>
internal sealed class ExactSearch(
    IReadOnlyList<Segment> segments, IReadOnlyList<RowSet> without, IndexPrecision precision, int k, SearchOptions options, CancellationToken cancellation)
{
    /// <summary>Queries that share a scan: enough for reading the rows not to matter.</summary>
    private const int QueriesAtOnce = 64;

    private readonly ParallelOptions _parallel =
        new() { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellation };

    private readonly List<(int Segment, int First, int Count)> _blocks = Blocks(segments);

    /// <summary>The hits of every query, best first.</summary>
    public SearchHit[][] Run(EmbeddingMatrix queries, double[] norms)
    {
        var hits = new SearchHit[queries.Count][];
        for (var first = 0; first < queries.Count; first += QueriesAtOnce)
        {
            var (start, end) = (first, Math.Min(queries.Count, first + QueriesAtOnce));
            var found = Scan(queries, norms, start..end);
            Parallel.For(start, end, _parallel, query => hits[query] = Hits(Best(queries[query], found[query - start].Rows())));
        }

        return hits;
    }

    private static List<(int Segment, int First, int Count)> Blocks(IReadOnlyList<Segment> segments)
    {
        var blocks = new List<(int, int, int)>();
        for (var segment = 0; segment < segments.Count; segment++)
        {
            for (var first = 0; first < segments[segment].Rows; first += BlockScan.RowsPerBlock)
            {
                blocks.Add((segment, first, Math.Min(BlockScan.RowsPerBlock, segments[segment].Rows - first)));
            }
        }

        return blocks;
    }

    private BlockScan Scan(EmbeddingMatrix queries, double[] norms, Range range)
    {
        var scorers = BlockScan.Group(range, queries.Count, group => precision == IndexPrecision.Int8
            ? new Int8Scorer(queries, norms, group, options.Measure)
            : new Float32Scorer(queries, norms, group, options.Measure));
        var floors = norms[range].Select(Floor).ToArray();
        var first = range.Start.Value;
        var all = new BlockScan(scorers, k, floors, Settle);
        var merging = new Lock();
        Parallel.For(0, _blocks.Count, _parallel, () => new BlockScan(scorers, k, floors, Settle), Scan, scan =>
        {
            lock (merging)
            {
                all.Add(scan);
            }
        });
        return all;

        BlockScan Scan(int index, ParallelLoopState state, BlockScan scan)
        {
            var (segment, row, count) = _blocks[index];
            scan.Scan(segments[segment].Block(row, count), segment, row, without[segment]);
            return scan;
        }

        void Settle(int query, List<Candidate> rows)
        {
            var best = Best(queries[first + query], rows);
            rows.Clear();
            rows.AddRange(best.Select(hit => hit.Row));
        }
    }

    /// <summary>The least key that can have the least score.</summary>
    private float Floor(double norm) => options.MinScore is not { } least || norm == 0
        ? float.NegativeInfinity
        : MathF.BitDecrement((float)(options.Measure == SimilarityMeasure.Cosine ? least : least / norm));

    private List<(double Score, Candidate Row)> Best(ReadOnlySpan<float> query, IReadOnlyList<Candidate> candidates)
    {
        var scored = new List<(double Score, Candidate Row)>();
        var score = 0.0;
        ReadOnlySpan<float> before = [];
        foreach (var candidate in candidates)
        {
            var vector = segments[candidate.Segment].Vector(candidate.Row);
            if (!vector.SequenceEqual(before))
            {
                score = options.Measure == SimilarityMeasure.Cosine ? Similarity.Cosine(query, vector) : Similarity.Dot(query, vector);
                before = vector;
            }

            if (!(score < options.MinScore))
            {
                scored.Add((score, candidate));
            }
        }

        scored.Sort((first, second) => second.Score.CompareTo(first.Score) is var order and not 0 ? order : RowId.Compare(Id(first.Row), Id(second.Row)));
        return scored[..Math.Min(k, scored.Count)];
    }

    private SearchHit[] Hits(List<(double Score, Candidate Row)> best) =>
        [.. best.Select(hit => new SearchHit(RowId.Decode(Id(hit.Row)), hit.Score, Text(hit.Row)))];

    private ReadOnlySpan<byte> Id(Candidate row) => segments[row.Segment].Id(row.Row);

    private string Text(Candidate row) => RowId.Decode(segments[row.Segment].Text(row.Row));
}
