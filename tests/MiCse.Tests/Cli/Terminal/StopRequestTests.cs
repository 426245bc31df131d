using MiCse.Cli.Terminal;

namespace MiCse.Tests.Cli.Terminal;

public sealed class StopRequestTests
{
    [Fact]
    public void What_fails_while_work_is_stopped_does_not_end_the_process()
    {
        var stop = new StopRequest();
        var others = 0;
        using var first = stop.Token.Register(() => others++);
        using var broken = stop.Token.Register(() => throw new ObjectDisposedException("connection"));
        using var last = stop.Token.Register(() => others++);

        stop.Make();

        Assert.True(stop.Token.IsCancellationRequested);
        Assert.Equal(2, others);
        Assert.False(stop.IsToRunAgain);
    }

    [Fact]
    public void A_scheduler_that_asks_after_somebody_else_is_heard()
    {
        var stop = new StopRequest();

        stop.Make();
        stop.Make(runAgain: true);

        Assert.True(stop.IsToRunAgain);
    }
}
