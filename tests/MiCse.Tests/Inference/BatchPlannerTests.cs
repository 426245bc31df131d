using CsCheck;
using MiCse.Inference;

namespace MiCse.Tests.Inference;

public class BatchPlannerTests
{
    [Fact]
    public void Every_text_is_in_one_batch_and_no_batch_exceeds_the_budget() => Gen.Select(Gen.Int[1, 512].Array[0, 300], Gen.Int[1, 2000]).Sample(
        (lengths, budget) =>
        {
            var plan = BatchPlanner.Plan(lengths, budget);
            Assert.Equal(Enumerable.Range(0, lengths.Length), plan.SelectMany(batch => batch).Order());
            Assert.All(plan, batch => Assert.True(batch.Length == 1 || batch.Length * batch.Max(index => lengths[index]) <= budget));
        });

    [Fact]
    public void Batches_go_from_long_texts_to_short_ones_and_equal_lengths_keep_their_order()
    {
        var plan = BatchPlanner.Plan([3, 10, 3, 4, 3], 10);
        Assert.Equal([[1], [3, 0], [2, 4]], plan);
    }

    [Fact]
    public void Sorted_lengths_leave_little_padding()
    {
        var random = new Random(1);
        var lengths = Enumerable.Range(0, 1000).Select(_ => random.Next(5, 60)).ToArray();
        var computed = BatchPlanner.Plan(lengths, 256).Sum(batch => batch.Length * batch.Max(index => lengths[index]));
        Assert.InRange(computed, lengths.Sum(), lengths.Sum() * 1.02);
    }
}
