using CsCheck;
using MiCse.Clustering;

namespace MiCse.Tests.Clustering;

public class ClusterAgreementTests
{
    // By hand for the first two (pairs 1 and 2 of 6 with expectation 1/3; entropies ln 2 and 1.5 ln 2), by scikit-learn for the third.
    [Theory]
    [InlineData("AABB", "AABC", 4 / 7.0, 0.8)]
    [InlineData("AABB", "ABAB", -0.5, 0)]
    [InlineData("AAABBBCCC", "AABBBCCCA", 1 / 9.0, 0.4206198357143052)]
    [InlineData("AAAA", "ABCD", 0, 0)]
    [InlineData("AAA", "BBB", 1, 1)]
    [InlineData("ABCD", "DCBA", 1, 1)]
    [InlineData("A", "B", 1, 1)]
    [InlineData("", "", 1, 1)]
    public void Is_what_hand_and_scikit_learn_give(string first, string second, double rand, double information)
    {
        Assert.Equal(rand, ClusterAgreement.AdjustedRandIndex(first.ToList(), second.ToList()), 1e-12);
        Assert.Equal(information, ClusterAgreement.NormalizedMutualInformation(first.ToList(), second.ToList()), 1e-12);
    }

    [Fact]
    public void The_rand_index_is_that_of_a_loop_over_all_pairs() =>
        Gen.Int[0, 4].Array[2, 40].Sample(first =>
        {
            int[] second = [.. first.Select((group, i) => i % 4 == 0 ? i % 3 : group)];
            double pairs = 0, together = 0, inFirst = 0, inSecond = 0;
            for (var i = 0; i < first.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var (one, other) = (first[i] == first[j], second[i] == second[j]);
                    (pairs, together) = (pairs + 1, together + (one && other ? 1 : 0));
                    (inFirst, inSecond) = (inFirst + (one ? 1 : 0), inSecond + (other ? 1 : 0));
                }
            }

            var chance = inFirst * inSecond / pairs;
            var most = (inFirst + inSecond) / 2;
            Assert.Equal(most == chance ? 1 : (together - chance) / (most - chance), ClusterAgreement.AdjustedRandIndex(first, second), 1e-9);
        });

    [Fact]
    public void Names_and_sides_do_not_matter() =>
        Gen.Select(Gen.Int[0, 5].Array[1, 50], Gen.Int[0, 3].Array[50], Gen.Shuffle(Enumerable.Range(0, 6).ToArray())).Sample((first, longer, names) =>
        {
            var second = longer[..first.Length];
            string[] renamed = [.. first.Select(group => $"group {names[group]}")];

            var (rand, information) = (ClusterAgreement.AdjustedRandIndex(first, second), ClusterAgreement.NormalizedMutualInformation(first, second));

            Assert.Equal(rand, ClusterAgreement.AdjustedRandIndex(renamed, second), 1e-9);
            Assert.Equal(rand, ClusterAgreement.AdjustedRandIndex(second, first), 1e-9);
            Assert.Equal(information, ClusterAgreement.NormalizedMutualInformation(renamed, second), 1e-9);
            Assert.Equal(information, ClusterAgreement.NormalizedMutualInformation(second, first), 1e-9);
            Assert.Equal(1, ClusterAgreement.AdjustedRandIndex(first, renamed), 1e-9);
            Assert.Equal(1, ClusterAgreement.NormalizedMutualInformation(first, renamed), 1e-9);
            Assert.InRange(information, 0, 1);
            Assert.InRange(rand, -1, 1);
        });

    [Fact]
    public void Groupings_of_different_lengths_are_refused() =>
        Assert.Contains("2 items", Assert.Throws<ArgumentException>(() => ClusterAgreement.AdjustedRandIndex([1], [1, 2])).Message, StringComparison.Ordinal);
}
