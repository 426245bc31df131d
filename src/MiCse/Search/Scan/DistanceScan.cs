using MiCse.Numerics;

namespace MiCse.Search.Scan;

/// <summary>
/// The plain loop over all rows, for measures that the fast scan has no bounds of: every row is compared in double precision. Threads share the rows.
/// </summary>
internal static class DistanceScan
{
    /// <summary>The best rows of each query, best first.</summary>
    public static List<ScoredRow>[] ByRows(ScanRequest request, IScannedRows rows, ParallelOptions parallel)
    {
        var comparer = new ExactComparer(request, rows);
        var kept = Enumerable.Range(0, request.Queries.Count).Select(_ => new List<Candidate>()).ToArray();
        var merging = new Lock();
        ParallelLoop.For(0, rows.Blocks, parallel, index =>
        {
            var candidates = Rows(rows.Block(index));
            for (var query = 0; query < kept.Length; query++)
            {
                var best = comparer.Best(query, candidates);
                lock (merging)
                {
                    kept[query].AddRange(best.Select(scored => scored.Row));
                    if (kept[query].Count > 4L * request.K + 1024)
                    {
                        comparer.KeepBest(query, kept[query]);
                    }
                }
            }
        });
        return [.. kept.Select((candidates, query) => comparer.Best(query, candidates))];
    }

    private static List<Candidate> Rows(PaddedBlock block)
    {
        var candidates = new List<Candidate>(block.Count);
        for (var row = block.First; row < block.First + block.Count; row++)
        {
            if (block.Removed?.Contains(row) != true)
            {
                candidates.Add(new Candidate(float.PositiveInfinity, block.Segment, row));
            }
        }

        return candidates;
    }
}
