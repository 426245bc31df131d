using CsCheck;
using MiCse.Numerics;
using MiCse.Training.Batches;

namespace MiCse.Training.Tests.Batches;

public class LengthSamplerTests
{
    [Fact]
    public void An_epoch_visits_each_sequence_once_within_the_budget() =>
        Gen.Select(Gen.Int[1, 60].Array[1, 300], Gen.Int[1, 400], Gen.Int[0, 3], Gen.Long).Sample((lengths, budget, epoch, seed) =>
        {
            var sampler = new LengthSampler(lengths, budget, new Randomness(seed));
            var batches = Epoch(sampler, epoch);

            Assert.Equal(Enumerable.Range(0, lengths.Length), batches.SelectMany(batch => batch).Order());
            Assert.All(batches, batch =>
            {
                Assert.NotEmpty(batch);
                Assert.True(batch.Length == 1 || batch.Length * batch.Max(index => lengths[index]) <= budget);
            });
        });

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        var lengths = Lengths(200);
        var straight = new LengthSampler(lengths, 128, new Randomness(1));
        var batches = Enumerable.Range(0, 2 * straight.BatchesPerEpoch).Select(step => straight.Batch(step).ToArray()).ToArray();

        Assert.All(Enumerable.Range(0, batches.Length).Reverse(), step =>
            Assert.Equal(batches[step], new LengthSampler(lengths, 128, new Randomness(1)).Batch(step).ToArray()));
        Assert.NotEqual(batches[0], new LengthSampler(lengths, 128, new Randomness(2)).Batch(0).ToArray());
    }

    [Fact]
    public void Epochs_differ_in_the_order_of_batches_and_in_who_is_together()
    {
        var lengths = Lengths(500);
        var sampler = new LengthSampler(lengths, 256, new Randomness(1));
        var (first, second) = (Epoch(sampler, 0), Epoch(sampler, 1));

        Assert.NotEqual(first.Select(batch => lengths[batch[0]]), second.Select(batch => lengths[batch[0]]));
        Assert.NotEqual(first.Select(Key).Order(), second.Select(Key).Order());

        static string Key(int[] batch) => string.Join(' ', batch.Order());
    }

    [Fact]
    public void Padding_stays_below_a_twentieth_and_in_random_batches_it_does_not()
    {
        var lengths = Lengths(5_000);
        var sampler = new LengthSampler(lengths, 2_048, new Randomness(1));
        var random = new BatchSampler(lengths.Length, 64, new Randomness(1));

        Assert.InRange(Padding(Epoch(sampler, 0)), 0, 0.05);
        Assert.InRange(Padding([.. Enumerable.Range(0, random.BatchesPerEpoch).Select(step => random.Batch(step).ToArray())]), 0.3, 0.8);

        double Padding(int[][] batches)
        {
            var computed = batches.Sum(batch => batch.Length * batch.Max(index => lengths[index]));
            return 1 - (lengths.Sum() / (double)computed);
        }
    }

    private static int[][] Epoch(LengthSampler sampler, int epoch) =>
        [.. Enumerable.Range(epoch * sampler.BatchesPerEpoch, sampler.BatchesPerEpoch).Select(step => sampler.Batch(step).ToArray())];

    /// <summary>From 5 to 75 tokens, most of them short, as sentences are.</summary>
    private static int[] Lengths(int count)
    {
        var random = new RandomSequence(7);
        return [.. Enumerable.Range(0, count).Select(_ => 5 + (int)(70 * random.NextDouble() * random.NextDouble()))];
    }
}
