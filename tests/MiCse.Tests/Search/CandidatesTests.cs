using MiCse.Search;

namespace MiCse.Tests.Search;

public class CandidatesTests
{
    [Fact]
    public void Rows_that_cannot_be_told_apart_are_settled_and_not_kept()
    {
        var (most, compared) = (0, 0);
        var candidates = new Candidates(10, float.NegativeInfinity, rows =>
        {
            (most, compared) = (Math.Max(most, rows.Count), compared + rows.Count);
            rows.Sort((first, second) => second.Row.CompareTo(first.Row));
            rows.RemoveRange(10, rows.Count - 10);
        });

        for (var row = 0; row < 100_000; row++)
        {
            candidates.Offer(0.5f, 1e-6f, segment: 0, row);
        }

        Assert.InRange(most, 10, 2000);
        Assert.InRange(compared, 90_000, 110_000);
        Assert.InRange(candidates.Rows().Count, 10, 2000);
        Assert.Subset(candidates.Rows().Select(row => row.Row).ToHashSet(), Enumerable.Range(99_990, 10).ToHashSet());
    }
}
