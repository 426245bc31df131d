using CsCheck;
using MiCse.Inference;

namespace MiCse.Tests.Inference;

public class BatchPlannerTests
{
    private static readonly Gen<(int[] Lengths, int Budget, int Threads)> Texts = Gen.Select(Gen.Int[1, 60].Array[0, 300], Gen.Int[1, 500], Gen.Int[1, 8]);

    [Fact]
    public void Every_text_is_in_one_batch_and_long_ones_come_first() => Texts.Sample((lengths, budget, threads) =>
    {
        var plan = BatchPlanner.Plan(lengths, budget, threads);
        var order = plan.SelectMany(batch => batch).ToArray();
        Assert.Equal(Enumerable.Range(0, lengths.Length), order.Order());
        Assert.Equal(Enumerable.Range(0, lengths.Length).OrderByDescending(index => lengths[index]), order);
    });

    [Fact]
    public void No_batch_exceeds_the_budget_and_none_has_room_for_the_next_text_but_for_balance() => Texts.Sample((lengths, budget, threads) =>
    {
        var plan = BatchPlanner.Plan(lengths, budget, threads);
        var left = lengths.Sum();
        for (var i = 0; i < plan.Count; i++)
        {
            var tokens = plan[i].Sum(index => lengths[index]);
            var room = Math.Min(budget, Math.Max(64, left / (2 * threads)));
            Assert.True(plan[i].Length == 1 || tokens <= room);
            Assert.True(i == plan.Count - 1 || tokens + lengths[plan[i + 1][0]] > room);
            left -= tokens;
        }
    });

    [Fact]
    public void The_last_batches_are_small()
    {
        var tokens = BatchPlanner.Plan([.. Enumerable.Repeat(10, 400)], 500, 2).Select(batch => 10 * batch.Length);
        Assert.Equal([500, 500, 500, 500, 500, 370, 280, 210, 160, 120, 90, 60, 60, 60, 60, 30], tokens);
    }
}
