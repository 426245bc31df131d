using CsCheck;
using MiCse.Training.Batches;

namespace MiCse.Training.Tests.Batches;

public class BatchSamplerTests
{
    [Fact]
    public void An_epoch_visits_each_example_at_most_once_and_leaves_out_less_than_a_batch() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 40], Gen.Int[0, 3], Gen.Long)
            .Where(drawn => drawn.Item1 >= drawn.Item2)
            .Sample((examples, batchSize, epoch, seed) =>
            {
                var sampler = new BatchSampler(examples, batchSize, new Randomness(seed));
                var visited = Enumerable.Range(epoch * sampler.BatchesPerEpoch, sampler.BatchesPerEpoch)
                    .SelectMany(step => sampler.Batch(step).ToArray())
                    .ToArray();

                Assert.Equal(examples - examples % batchSize, visited.Length);
                Assert.Equal(visited.Length, visited.Distinct().Count());
                Assert.All(visited, index => Assert.InRange(index, 0, examples - 1));
            });

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        var straight = new BatchSampler(50, 8, new Randomness(1));
        var batches = Enumerable.Range(0, 20).Select(step => straight.Batch(step).ToArray()).ToArray();

        Assert.All(Enumerable.Range(0, 20).Reverse(), step =>
            Assert.Equal(batches[step], new BatchSampler(50, 8, new Randomness(1)).Batch(step).ToArray()));
        Assert.NotEqual(batches[0], new BatchSampler(50, 8, new Randomness(2)).Batch(0).ToArray());
    }

    [Fact]
    public void Epochs_differ()
    {
        var sampler = new BatchSampler(64, 64, new Randomness(1));

        Assert.NotEqual(sampler.Batch(0).ToArray(), sampler.Batch(1).ToArray());
    }

    [Fact]
    public void Fewer_examples_than_a_batch_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSampler(7, 8, new Randomness(1)));
}
