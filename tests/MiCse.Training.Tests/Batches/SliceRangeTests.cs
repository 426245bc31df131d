using MiCse.Training.Batches;

namespace MiCse.Training.Tests.Batches;

public sealed class SliceRangeTests
{
    [Theory]
    [InlineData(64, 4)]
    [InlineData(7, 4)]
    [InlineData(3, 4)]
    [InlineData(2_000_000_000, 8)]
    public void Slices_follow_each_other_and_differ_by_one_at_most(int items, int slices)
    {
        var all = SliceRange.All(items, slices);

        Assert.Equal(slices, all.Count);
        Assert.Equal(items, all.Sum(slice => slice.Count));
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.Equal(pair.First.Start + pair.First.Count, pair.Second.Start));
        Assert.InRange(all.Max(slice => slice.Count) - all.Min(slice => slice.Count), 0, 1);
    }
}
