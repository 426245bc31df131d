using MiCse.Search.Scan;
using MiCse.Vectors;

namespace MiCse.Tests.Search.Scan;

public class CandidatesTests
{
    [Fact]
    public void Rows_that_cannot_be_told_apart_are_compared_exactly_and_not_kept()
    {
        var request = new ScanRequest(new EmbeddingMatrix([1, 0], 1, 2), [1], 10, SimilarityMeasure.Cosine, MinScore: null);
        var rows = new EqualRows();
        var candidates = new Candidates(request, query: 0, new ExactComparer(request, rows));
        var most = 0;

        for (var row = 0; row < 100_000; row++)
        {
            candidates.Add(1, 1e-6f, segment: 0, row);
            most = Math.Max(most, row % 1000 == 0 ? candidates.Rows().Count : 0);
        }

        Assert.InRange(most, 10, 2000);
        Assert.InRange(rows.Compared, 90_000, 110_000);
        Assert.InRange(candidates.Rows().Count, 10, 2000);
        Assert.Subset(candidates.Rows().Select(row => row.Row).ToHashSet(), Enumerable.Range(99_990, 10).ToHashSet());
    }

    /// <summary>Copies of one vector, the last of them first.</summary>
    private sealed class EqualRows : IScannedRows
    {
        private readonly float[] _vector = [1, 0];

        public int Compared { get; private set; }

        public int Blocks => throw new InvalidOperationException();

        public PaddedBlock Block(int index) => throw new InvalidOperationException();

        public ReadOnlySpan<float> Vector(Candidate row)
        {
            Compared++;
            return _vector;
        }

        public int Compare(Candidate first, Candidate second) => second.Row.CompareTo(first.Row);
    }
}
