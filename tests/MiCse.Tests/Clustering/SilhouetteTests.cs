using CsCheck;
using MiCse.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

public class SilhouetteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Is_what_the_definition_gives_by_hand()
    {
        // Cosines: 1-2 0.8, 1-3 0, 1-4 -0.6, 2-3 0.6, 2-4 0, 3-4 0.8. Row 1: a = 0.2, b = (1 + 1.6) / 2 = 1.3; row 2: a = 0.2, b = (0.4 + 1) / 2 = 0.7;
        // by symmetry the same for rows 4 and 3. scikit-learn gives 0.7802197802197802 as well.
        var rows = Rows.Of([1, 0], [0.8f, 0.6f], [0, 1], [-0.6f, 0.8f]);
        var expected = ((1.1 / 1.3) + (0.5 / 0.7)) / 2;

        Assert.Equal(expected, Silhouette.Of(rows, Partition(rows, 0, 0, 1, 1), cancellationToken: Token), 1e-6);
    }

    [Fact]
    public void Is_that_of_loops_over_all_pairs() =>
        Gen.Select(Gen.Int[2, 60], Gen.Int[2, 6], Gen.Int[1, 20], Gen.Long).Sample((count, clusters, dimensions, seed) =>
        {
            var rows = Rows.Random(count, dimensions, seed);
            rows[count - 1].Clear();
            var partition = Partition(rows, [.. Enumerable.Range(0, count).Select(row => row < 2 ? row : (int)(((row * 7L) + (seed & 0xFF)) % (clusters + 1)) - 1)]);
            Assert.Equal(Naive(rows, partition), Silhouette.Of(rows, partition, 2, Token), 1e-4);
        }, iter: 200);

    [Fact]
    public void Needs_two_clusters_and_counts_loners_as_0()
    {
        var rows = Rows.AtAngles(0, 90);
        Assert.Equal(double.NaN, Silhouette.Of(rows, Partition(rows, 0, 0), cancellationToken: Token));
        Assert.Equal(double.NaN, Silhouette.Of(new EmbeddingMatrix(0, 2), Partition(new EmbeddingMatrix(0, 2)), cancellationToken: Token));
        Assert.Equal(0, Silhouette.Of(rows, Partition(rows, 0, 1), cancellationToken: Token));
    }

    [Fact]
    public void Refuses_the_partition_of_other_rows() =>
        Assert.Throws<ArgumentException>(() => Silhouette.Of(Rows.AtAngles(0), Partition(Rows.AtAngles(0, 1), 0, 1), cancellationToken: Token));

    private static Partition Partition(EmbeddingMatrix rows, params int[] assignments) =>
        new(assignments, new float[assignments.Length], new EmbeddingMatrix(assignments.Append(-1).Max() + 1, rows.Dimensions));

    private static double Naive(EmbeddingMatrix rows, Partition partition)
    {
        int[] clustered = [.. Enumerable.Range(0, rows.Count).Where(row => partition.Assignments[row] >= 0)];
        return clustered.Average(row =>
        {
            var own = partition.Assignments[row];
            if (partition.Members[own].Count == 1)
            {
                return 0;
            }

            var within = partition.Members[own].Where(other => other != row).Average(other => 1 - Similarity.Cosine(rows[row], rows[other]));
            var between = partition.Members.Where((_, cluster) => cluster != own)
                .Min(members => members.Average(other => 1 - Similarity.Cosine(rows[row], rows[other])));
            return Math.Max(within, between) < 1e-9 ? 0 : (between - within) / Math.Max(within, between);
        });
    }
}
