using MiCse.Numerics;
using MiCse.Training.Batches;

namespace MiCse.Training.Tests.Batches;

public class RandomnessTests
{
    [Fact]
    public void Numbers_do_not_change_between_versions()
    {
        // Written down once: another value here means that no earlier training can be repeated.
        Assert.Equal(4797496365988360754, new Randomness(42).SeedFor(RandomPurpose.Dropout, 7));
        Assert.Equal(0xE220A8397B1DCDAF, new RandomSequence(0).NextBits());
    }

    [Fact]
    public void Seeds_differ_by_seed_purpose_and_index()
    {
        var seeds =
            from seed in new long[] { 0, 1, -1, 42, long.MaxValue }
            from purpose in Enum.GetValues<RandomPurpose>()
            from index in Enumerable.Range(0, 200)
            select new Randomness(seed).SeedFor(purpose, index);

        Assert.Equal(5 * Enum.GetValues<RandomPurpose>().Length * 200, seeds.Where(seed => seed >= 0).Distinct().Count());
    }

    [Fact]
    public void Bounded_numbers_are_uniform()
    {
        var random = new Randomness(3).SequenceFor(RandomPurpose.Masking);
        var counts = new int[7];
        for (var draw = 0; draw < 70_000; draw++)
        {
            counts[random.Next(7)]++;
        }

        // Standard deviation 93 each.
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Doubles_fill_the_unit_interval()
    {
        var random = new RandomSequence(5);
        var draws = Enumerable.Range(0, 10_000).Select(_ => random.NextDouble()).ToArray();

        Assert.All(draws, draw => Assert.InRange(draw, 0, 0.9999999999999999));
        Assert.InRange(draws.Average(), 0.49, 0.51);
    }

    [Fact]
    public void Every_order_of_three_is_equally_likely()
    {
        var random = new RandomSequence(11);
        var counts = new Dictionary<string, int>();
        for (var round = 0; round < 6_000; round++)
        {
            Span<char> letters = ['a', 'b', 'c'];
            random.Shuffle(letters);
            counts[new string(letters)] = counts.GetValueOrDefault(new string(letters)) + 1;
        }

        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1_150));
    }
}
