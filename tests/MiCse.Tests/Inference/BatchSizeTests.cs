using CsCheck;
using MiCse.Inference;

namespace MiCse.Tests.Inference;

public class BatchSizeTests
{
    private static readonly BatchSize s_size = new(Least: 64, Most: 512);

    [Fact]
    public void Batches_are_full_while_more_is_to_come_and_never_smaller_than_the_least() => Gen.Select(Gen.Long[0, 100_000], Gen.Int[1, 128]).Sample(
        (waiting, workers) =>
        {
            Assert.Equal(512, s_size.Room(waiting, more: true, workers));
            Assert.InRange(s_size.Room(waiting, more: false, workers), 64, 512);
        });

    [Fact]
    public void The_last_batches_are_small()
    {
        var sizes = new List<int>();
        for (var left = 4000; left > 0; left -= sizes[^1])
        {
            sizes.Add(Math.Min(left, s_size.Room(left, more: false, workers: 2) / 10 * 10)); // texts of ten tokens
        }

        Assert.Equal([510, 510, 510, 510, 490, 360, 270, 210, 150, 120, 90, 60, 60, 60, 60, 30], sizes);
    }

    [Theory]
    [InlineData(64, 2, true)]
    [InlineData(65, 2, false)]
    [InlineData(512, 16, true)]
    [InlineData(513, 16, false)]
    public void Workers_share_what_is_less_than_a_batch_for_every_other_one(int waiting, int workers, bool isShared) =>
        Assert.Equal(isShared, s_size.IsShared(waiting, workers));
}
