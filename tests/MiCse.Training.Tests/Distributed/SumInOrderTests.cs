using MiCse.Numerics;
using MiCse.Training.Distributed;

namespace MiCse.Training.Tests.Distributed;

public sealed class SumInOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(64)]
    public void Terms_are_added_in_pairs_and_pairs_of_pairs(int terms)
    {
        var values = Numbers(terms, seed: 1);
        var sums = values.ToArray();

        SumInOrder.Tree(terms, (to, from) => sums[to] += sums[from]);

        Assert.Equal(Slow(values), sums[0]);
        Assert.Equal(values.Sum(value => (double)value), sums[0], 1e-1);
    }

    /// <summary>12 terms on 1, 3, 6 and 12 ranks; 8 on 1, 2, 4 and 8: the same bits, though every rank adds up its own first.</summary>
    [Theory]
    [InlineData(8, new[] { 1, 2, 4, 8 })]
    [InlineData(12, new[] { 3, 6, 12 })]
    [InlineData(16, new[] { 2, 4, 16 })]
    public void The_sum_does_not_depend_on_the_number_of_ranks(int terms, int[] ranks)
    {
        const int Length = 1001; // no number of ranks divides it
        var values = Enumerable.Range(0, terms).Select(term => Numbers(Length, term)).ToArray();
        float[] expected = [.. Enumerable.Range(0, Length).Select(index => Slow([.. values.Select(term => term[index])]))];
        Assert.NotEqual(expected, Enumerable.Range(0, Length).Select(index => values.Aggregate(0f, (sum, term) => sum + term[index])));

        foreach (var count in ranks)
        {
            var sums = ThreadedCollective.Run(count, own =>
            {
                var share = terms / own.Count;
                float[] sum = [.. Enumerable.Range(0, Length).Select(index => Slow([.. values.Skip(own.Rank * share).Take(share).Select(term => term[index])]))];
                own.Sum(sum);
                return sum;
            });

            Assert.All(sums, sum => Assert.Equal(expected, sum));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Fewer_values_than_ranks_are_summed_too(int length)
    {
        var sums = ThreadedCollective.Run(4, own =>
        {
            float[] values = [.. Enumerable.Range(1, length).Select(value => (float)(value * (own.Rank + 1)))];
            own.Sum(values);
            return values;
        });

        Assert.All(sums, sum => Assert.Equal(Enumerable.Range(1, length).Select(value => value * 10f), sum));
    }

    /// <summary>The largest power of two terms that leaves some, and the rest.</summary>
    private static float Slow(ReadOnlySpan<float> terms)
    {
        if (terms.Length == 1)
        {
            return terms[0];
        }

        var half = 1;
        while (half * 2 < terms.Length)
        {
            half *= 2;
        }

        return Slow(terms[..half]) + Slow(terms[half..]);
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new RandomSequence(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(6))))];
    }
}
