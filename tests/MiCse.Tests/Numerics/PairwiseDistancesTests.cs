using CsCheck;
using MiCse.Numerics;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Numerics;

public class PairwiseDistancesTests
{
    [Fact]
    public void Are_those_of_plain_loops_and_have_the_same_bits_wherever_they_stand() => Gen.Select(
        Gen.Int[1, 20], Gen.Int[1, 30], Gen.Int[1, 40], Gen.Enum<DistanceMetric>(), Gen.Long).Sample((rowCount, otherCount, dimensions, metric, seed) =>
        {
            var (rows, others) = (PairwiseDistances.Prepare(Rows.Random(rowCount, dimensions, seed), metric), PairwiseDistances.Prepare(Rows.Random(otherCount, dimensions, seed + 1), metric));
            var (together, alone) = (new float[rowCount * otherCount + 3], new float[1]);

            PairwiseDistances.Compute(rows.Values, others.Values, dimensions, metric, together);

            for (var row = 0; row < rowCount; row++)
            {
                for (var other = 0; other < otherCount; other++)
                {
                    var found = together[row * otherCount + other];
                    Assert.Equal(Plain(rows[row], others[other], metric), found, 1e-5);
                    PairwiseDistances.Compute(others[other], rows[row], dimensions, metric, alone);
                    Assert.Equal(alone[0], found);
                }
            }
        }, iter: 200);

    [Fact]
    public void Near_points_far_from_zero_keep_their_distance()
    {
        var distance = new float[1];

        PairwiseDistances.Compute([1000, 2000], [1000.0625f, 2000], 2, DistanceMetric.Euclidean, distance);

        Assert.Equal(0.0625f, distance[0]);
    }

    private static double Plain(ReadOnlySpan<float> first, ReadOnlySpan<float> second, DistanceMetric metric)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += Math.Pow((double)first[i] - second[i], 2);
        }

        return metric == DistanceMetric.Euclidean ? Math.Sqrt(sum) : 1 - Similarity.Cosine(first, second);
    }
}
