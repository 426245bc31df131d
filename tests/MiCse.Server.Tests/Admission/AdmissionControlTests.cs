using MiCse.Inference;
using MiCse.Server.Admission;
using MiCse.Server.Requests;

namespace MiCse.Server.Tests.Admission;

public sealed class AdmissionControlTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void What_would_wait_too_long_is_refused_until_enough_is_done()
    {
        var control = Control(options => options.Limits.Wait = TimeSpan.FromSeconds(10));
        control.SetRate(100);
        using var first = control.Enter(Lane.Bulk, 10, 2_500, null);

        var refusal = Assert.Throws<RefusalException>(() => control.Enter(Lane.Bulk, 1, 1, null)).Refusal;
        Assert.Equal(RefusalKind.Overloaded, refusal.Kind);
        Assert.Equal(TimeSpan.FromSeconds(15), refusal.RetryAfter); // 25 seconds of work, of which 10 may wait

        first.Report(new EncodeProgress(6, 10, 0, 0)); // 1,500 of 2,500 tokens
        control.Enter(Lane.Bulk, 1, 1, null).Dispose();
    }

    [Fact]
    public void A_query_does_not_count_the_bulk_before_it()
    {
        var control = Control(options => options.Limits.Wait = TimeSpan.FromSeconds(1));
        control.SetRate(100);
        using var bulk = control.Enter(Lane.Bulk, 10, 100_000, null);

        Assert.Throws<RefusalException>(() => control.Enter(Lane.Bulk, 1, 1, null));
        using var query = control.Enter(Lane.Interactive, 1, 80, null);
        using var second = control.Enter(Lane.Interactive, 1, 10, null);
        Assert.Throws<RefusalException>(() => control.Enter(Lane.Interactive, 1, 10, null)); // 90 tokens, and a quarter of bulk
    }

    [Fact]
    public void What_cannot_meet_its_deadline_is_refused_at_once()
    {
        var control = Control();
        control.SetRate(100);
        using var first = control.Enter(Lane.Bulk, 1, 500, null);

        var refusal = Assert.Throws<RefusalException>(() => control.Enter(Lane.Bulk, 1, 1, TimeSpan.FromSeconds(2))).Refusal;
        Assert.Contains("within its time", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), refusal.RetryAfter);
        control.Enter(Lane.Bulk, 1, 1, TimeSpan.FromSeconds(6)).Dispose();
    }

    [Fact]
    public void What_is_too_large_for_its_deadline_is_refused_unless_nothing_is_before_it()
    {
        var control = Control();
        using (var shown = control.Enter(Lane.Bulk, 1, 100, null))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            shown.Report(new EncodeProgress(1, 1, 100, 100));
        }

        using (control.Enter(Lane.Interactive, 1, 1, null))
        {
            Assert.Throws<RefusalException>(() => control.Enter(Lane.Bulk, 600, 10_000, TimeSpan.FromSeconds(1)));
            control.Enter(Lane.Bulk, 1, 100, TimeSpan.FromSeconds(1)).Dispose();
        }

        control.Enter(Lane.Bulk, 600, 10_000, TimeSpan.FromSeconds(1)).Dispose();
    }

    [Fact]
    public void A_time_without_tokens_is_no_rate_and_no_wait_is_endless()
    {
        var control = Control();
        control.SetRate(1e-12);
        using var first = control.Enter(Lane.Bulk, 2, 1_000_000, null);
        _time.Advance(TimeSpan.FromSeconds(10));
        first.Report(new EncodeProgress(1, 2, 0, 0));

        Assert.Null(control.State.TokensPerSecond);
        Assert.Throws<RefusalException>(() => control.Enter(Lane.Bulk, 1, 1, null));
    }

    [Fact]
    public void Texts_are_bounded_too_but_one_request_is_always_taken()
    {
        var control = Control(options => options.Limits.WaitingTexts = 100);

        var large = control.Enter(Lane.Bulk, 500, 1_000_000_000, null);
        Assert.Throws<RefusalException>(() => control.Enter(Lane.Interactive, 1, 1, null));
        large.Dispose();
        large.Dispose();
        Assert.Equal((0, 0, 0L), (control.State.Requests, control.State.Texts, control.State.Tokens));
        control.Enter(Lane.Interactive, 1, 1, null).Dispose();
    }

    [Fact]
    public void The_rate_is_measured_while_there_is_work()
    {
        var control = Control();
        control.SetRate(1_000); // the warm-up's
        Assert.Null(control.State.TokensPerSecond);
        using (var ticket = control.Enter(Lane.Bulk, 2, 2_000, null))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            ticket.Report(new EncodeProgress(1, 2, 0, 1_000));
        }

        _time.Advance(TimeSpan.FromHours(1)); // nothing to do
        Assert.Equal(1_000, control.State.TokensPerSecond!.Value, 1e-6);
        using (var ticket = control.Enter(Lane.Bulk, 2, 2_000, null))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            ticket.Report(new EncodeProgress(1, 2, 0, 2_000));
        }

        Assert.Equal(1_300, control.State.TokensPerSecond!.Value, 1e-6); // nearer to what it was
    }

    private AdmissionControl Control(Action<MiCseServerOptions>? configure = null)
    {
        var options = new MiCseServerOptions { Time = _time };
        configure?.Invoke(options);
        return new AdmissionControl(options);
    }
}
