using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Search.Scan;

/// <summary>
/// The k best rows for each query. A fast scan leaves the few rows that its error cannot rule out; those are compared in double precision, so
/// that the result is that of the plain loop over all rows, on any processor and with any number of threads.
/// </summary>
internal static class ExactSearch
{
    /// <summary>Searches for some queries in many rows: threads share the rows.</summary>
    /// <returns>For each query its best rows, best first.</returns>
    public static List<ScoredRow>[] ByRows(ScanRequest request, IScannedRows rows, ParallelOptions parallel)
    {
        if (request.Measure is SimilarityMeasure.Euclidean or SimilarityMeasure.Manhattan)
        {
            return DistanceScan.ByRows(request, rows, parallel);
        }

        var best = new List<ScoredRow>[request.Queries.Count];
        var comparer = new ExactComparer(request, rows);
        for (var first = 0; first < best.Length; first += RowScorer.MaxQueries)
        {
            var end = Math.Min(best.Length, first + RowScorer.MaxQueries);
            var scorer = RowScorer.Create(request, first, end - first);
            var all = new BlockScan(scorer, request, comparer);
            var merging = new Lock();
            ParallelLoop.For(0, rows.Blocks, parallel, () => new BlockScan(scorer, request, comparer), (block, scan) =>
            {
                scan.Scan(rows.Block(block));
                return scan;
            }, scan =>
            {
                lock (merging)
                {
                    all.Add(scan);
                }
            });
            ParallelLoop.For(first, end, parallel, query => best[query] = comparer.Best(query, all.Rows(query)));
        }

        return best;
    }

    /// <summary>Searches for many queries: threads share the queries.</summary>
    /// <param name="request">What is looked for.</param>
    /// <param name="rows">Where.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="found">Receives the best rows of each query, from any thread.</param>
    /// <param name="progress">Receives the number of queries done, one call at a time, from any thread.</param>
    public static void ByQueries(
        ScanRequest request, IScannedRows rows, ParallelOptions parallel, Action<int, List<ScoredRow>> found, IProgress<long>? progress)
    {
        var comparer = new ExactComparer(request, rows);
        var (done, reporting) = (0L, new Lock());
        var count = request.Queries.Count;
        ParallelLoop.For(0, (count + RowScorer.MaxQueries - 1) / RowScorer.MaxQueries, parallel, group =>
        {
            var first = group * RowScorer.MaxQueries;
            var end = Math.Min(count, first + RowScorer.MaxQueries);
            var scan = new BlockScan(RowScorer.Create(request, first, end - first), request, comparer);
            for (var block = 0; block < rows.Blocks; block++)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                scan.Scan(rows.Block(block));
            }

            for (var query = first; query < end; query++)
            {
                found(query, comparer.Best(query, scan.Rows(query)));
            }

            lock (reporting)
            {
                progress?.Report(done += end - first);
            }
        });
    }
}
