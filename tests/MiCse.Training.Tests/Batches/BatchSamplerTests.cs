using CsCheck;
using MiCse.Training.Batches;

namespace MiCse.Training.Tests.Batches;

public class BatchSamplerTests
{
    [Fact]
    public void An_epoch_visits_each_example_once_and_leaves_out_only_one_that_would_be_alone() =>
        Gen.Select(Gen.Int[2, 300], Gen.Int[2, 40], Gen.Int[0, 3], Gen.Long)
            .Where(drawn => drawn.Item1 >= drawn.Item2)
            .Sample((examples, batchSize, epoch, seed) =>
            {
                var sampler = new BatchSampler(examples, batchSize, new Randomness(seed));
                var batches = Enumerable.Range(epoch * sampler.BatchesPerEpoch, sampler.BatchesPerEpoch)
                    .Select(step => sampler.Batch(step).ToArray())
                    .ToArray();
                var visited = batches.SelectMany(batch => batch).ToArray();

                Assert.Equal(examples % batchSize == 1 ? examples - 1 : examples, visited.Length);
                Assert.All(batches[..^1], batch => Assert.Equal(batchSize, batch.Length));
                Assert.Equal(visited.Length, visited.Distinct().Count());
                Assert.All(visited, index => Assert.InRange(index, 0, examples - 1));
            });

    [Fact]
    public void An_epoch_of_like_lengths_visits_as_many_and_no_length_lies_between_those_of_a_batch() =>
        Gen.Select(Gen.Int[1, 30].Array[2, 200], Gen.Int[2, 40], Gen.Int[0, 3], Gen.Long)
            .Where(drawn => drawn.Item1.Length >= drawn.Item2)
            .Sample((lengths, batchSize, epoch, seed) =>
            {
                var sampler = new BatchSampler(lengths.Length, batchSize, new Randomness(seed), lengths);
                var batches = Enumerable.Range(epoch * sampler.BatchesPerEpoch, sampler.BatchesPerEpoch)
                    .Select(step => sampler.Batch(step).ToArray())
                    .ToArray();
                var visited = batches.SelectMany(batch => batch).ToArray();

                Assert.Equal(lengths.Length % batchSize == 1 ? lengths.Length - 1 : lengths.Length, visited.Distinct().Count());
                Assert.Equal(visited.Length, visited.Distinct().Count());
                Assert.All(batches, batch => Assert.InRange(batch.Length, 2, batchSize));
                var ranges = batches.Select(batch => (Least: batch.Min(index => lengths[index]), Most: batch.Max(index => lengths[index]))).Order().ToArray();
                Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.Most <= pair.Second.Least));
            });

    [Fact]
    public void Of_like_lengths_it_is_not_always_the_longest_that_is_left_out()
    {
        int[] lengths = [.. Enumerable.Range(1, 9)];
        var sampler = new BatchSampler(9, 4, new Randomness(1), lengths);

        var leftOut = Enumerable.Range(0, 20).Select(epoch =>
            Enumerable.Range(0, 9).Except([.. sampler.Batch(2 * epoch).ToArray(), .. sampler.Batch((2 * epoch) + 1).ToArray()]).Single());

        Assert.True(leftOut.Distinct().Count() > 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_depends_on_seed_and_step_alone(bool groupByLength)
    {
        int[]? lengths = groupByLength ? [.. Enumerable.Range(0, 50).Select(index => index % 7)] : null;
        var straight = new BatchSampler(50, 8, new Randomness(1), lengths);
        var batches = Enumerable.Range(0, 20).Select(step => straight.Batch(step).ToArray()).ToArray();

        Assert.All(Enumerable.Range(0, 20).Reverse(), step =>
            Assert.Equal(batches[step], new BatchSampler(50, 8, new Randomness(1), lengths).Batch(step).ToArray()));
        Assert.NotEqual(batches[0], new BatchSampler(50, 8, new Randomness(2), lengths).Batch(0).ToArray());
    }

    [Fact]
    public void Epochs_differ()
    {
        var sampler = new BatchSampler(64, 64, new Randomness(1));

        Assert.NotEqual(sampler.Batch(0).ToArray(), sampler.Batch(1).ToArray());
    }

    [Theory]
    [InlineData(100, 64, 64, 36)] // The paper's 100 sentences: two steps an epoch.
    [InlineData(66, 64, 64, 2)]
    [InlineData(65, 64, 64)]
    [InlineData(64, 64, 64)]
    public void The_last_batch_holds_what_is_left(int examples, int batchSize, params int[] expected)
    {
        var sampler = new BatchSampler(examples, batchSize, new Randomness(1));

        Assert.Equal(expected, Enumerable.Range(0, sampler.BatchesPerEpoch).Select(step => sampler.Batch(step).Length));
    }

    [Fact]
    public void Fewer_examples_than_a_batch_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSampler(7, 8, new Randomness(1)));
}
