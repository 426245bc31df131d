using MiCse.Inference;

namespace MiCse.Tests.Inference;

public class CoreLimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void No_more_than_the_limit_compute_at_a_time_whoever_asks_and_however()
    {
        using var cores = new CoreLimit(3);
        var (computing, most) = (0, 0);
        var counting = new Lock();
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Token }, index =>
        {
            using var lease = index % 3 == 0 ? cores.TakeAllIfFree(Token) : cores.Take(Token);
            var mine = lease.HasAll ? 3 : 1;
            lock (counting)
            {
                computing += mine;
                most = Math.Max(most, computing);
            }

            Thread.SpinWait(2000);
            lock (counting)
            {
                computing -= mine;
            }
        });
        Assert.InRange(most, 1, 3);

        using var all = cores.TakeAllIfFree(Token);
        Assert.True(all.HasAll, "all cores came back");
    }

    [Fact]
    public void All_cores_go_to_who_is_alone_and_one_to_who_is_not()
    {
        using var cores = new CoreLimit(3);
        using (cores.Take(Token))
        {
            using var second = cores.TakeAllIfFree(Token);
            Assert.False(second.HasAll);
            using var third = cores.Take(Token); // what was tried in vain is free again
        }

        using var alone = cores.TakeAllIfFree(Token);
        Assert.True(alone.HasAll);
    }

    [Fact]
    public void Waiting_can_be_cancelled()
    {
        using var cores = new CoreLimit(1);
        using var lease = cores.Take(Token);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => cores.Take(source.Token));
        Assert.Throws<OperationCanceledException>(() => cores.TakeAllIfFree(source.Token));
    }
}
