using System.Runtime.ExceptionServices;
using MiCse.Vectors;

namespace MiCse.Search.Scan;

/// <summary>Compares candidates in double precision: the plain computation that a scan's bounds save for most rows.</summary>
internal sealed class ExactComparer(ScanRequest request, IScannedRows rows)
{
    /// <summary>The best of some rows, best first; equal scores in the order of the rows.</summary>
    public List<ScoredRow> Best(int query, IReadOnlyList<Candidate> candidates)
    {
        var vector = request.Queries[query];
        var scored = new List<ScoredRow>();
        var score = 0.0;
        ReadOnlySpan<float> before = [];
        foreach (var candidate in candidates)
        {
            // Copies lie beside each other often enough.
            var other = rows.Vector(candidate);
            if (!other.SequenceEqual(before))
            {
                score = Similarity.Of(request.Measure, vector, other);
                before = other;
            }

            if (!(score < request.MinScore))
            {
                scored.Add(new ScoredRow(score, candidate));
            }
        }

        try
        {
            scored.Sort(Compare);
        }
        catch (InvalidOperationException failure) when (failure.InnerException is { } damage)
        {
            // Sorting packs what a comparison throws, as when an id is damaged.
            ExceptionDispatchInfo.Throw(damage);
        }

        return scored[..Math.Min(request.K, scored.Count)];
    }

    private int Compare(ScoredRow first, ScoredRow second) =>
        second.Score.CompareTo(first.Score) is var order and not 0 ? order : rows.Compare(first.Row, second.Row);

    /// <summary>Leaves only the best of some rows.</summary>
    public void KeepBest(int query, List<Candidate> candidates)
    {
        var best = Best(query, candidates);
        candidates.Clear();
        candidates.AddRange(best.Select(scored => scored.Row));
    }
}

/// <summary>A row with its exact similarity to a query.</summary>
internal readonly record struct ScoredRow(double Score, Candidate Row);
