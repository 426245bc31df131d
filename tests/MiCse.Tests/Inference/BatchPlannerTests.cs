using CsCheck;
using MiCse.Inference;

namespace MiCse.Tests.Inference;

public class BatchPlannerTests
{
    private static readonly Gen<(int[] Lengths, int Budget)> Texts = Gen.Select(Gen.Int[1, 60].Array[0, 300], Gen.Int[1, 500]);

    [Fact]
    public void Every_text_is_in_one_batch_of_texts_of_its_length() => Texts.Sample((lengths, budget) =>
    {
        var plan = BatchPlanner.Plan(lengths, budget);
        Assert.Equal(Enumerable.Range(0, lengths.Length), plan.SelectMany(batch => batch).Order());
        Assert.All(plan, batch => Assert.Single(batch.Select(index => lengths[index]).Distinct()));
    });

    [Fact]
    public void No_batch_exceeds_the_budget_and_all_but_one_of_a_length_fill_it() => Texts.Sample((lengths, budget) =>
    {
        foreach (var batches in BatchPlanner.Plan(lengths, budget).GroupBy(batch => lengths[batch[0]]))
        {
            Assert.All(batches, batch => Assert.True(batch.Length == 1 || batch.Length * batches.Key <= budget));
            Assert.All(batches.SkipLast(1), batch => Assert.True((batch.Length + 1) * batches.Key > budget));
        }
    });

    [Fact]
    public void Batches_go_from_long_texts_to_short_ones_and_equal_lengths_keep_their_order()
    {
        var plan = BatchPlanner.Plan([3, 10, 3, 4, 3], 7);
        Assert.Equal([[1], [3], [0, 2], [4]], plan);
    }
}
