using CsCheck;
using MiCse.Numerics;

namespace MiCse.Tests.Numerics;

public class TeamTests
{
    [Fact]
    public void Every_item_is_done_once() => Gen.Select(Gen.Int[0, 100], Gen.Int[1, 7]).Sample((items, threads) =>
    {
        var done = new int[items];
        new Team(threads, default).Share(items, (from, to) =>
        {
            for (var item = from; item < to; item++)
            {
                Interlocked.Increment(ref done[item]);
            }
        });
        Assert.All(done, count => Assert.Equal(1, count));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_failure_comes_as_it_is_and_cancellation_starts_nothing(int threads)
    {
        Assert.Throws<InvalidDataException>(() => new Team(threads, default).Share(5, (_, _) => throw new InvalidDataException()));
        Assert.Throws<OperationCanceledException>(() => new Team(threads, new CancellationToken(canceled: true)).Share(5, (_, _) => Assert.Fail("started")));
    }
}
