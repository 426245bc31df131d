using MiCse.Inference;
using static MiCse.Tests.Inference.QueueCalls;

namespace MiCse.Tests.Inference;

/// <summary>How calls end that are not computed to their end: cancelled, disposed, gone wrong.</summary>
public sealed class EncoderQueueEndTests
{
    // More tokens than a batch has room for, so that each is a batch of its own.
    private static readonly string s_long = new('x', 600);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_cancelled_before_its_turn_is_not_computed()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        using var source = new CancellationTokenSource();
        var first = Start(queue, ["first"], Token);
        var running = await engine.NextAsync();
        EncodingCall[] dropped = [Start(queue, ["dropped"], source.Token), Start(queue, [.. Enumerable.Range(0, 5000).Select(number => $"{number}")], source.Token)];
        var kept = Start(queue, ["kept"], Token);

        await source.CancelAsync();
        foreach (var call in dropped)
        {
            await Assert.ThrowsAsync<TaskCanceledException>(() => call.Completion); // while the other batch is still running
        }

        running.End.SetResult();
        var next = await engine.NextAsync();
        Assert.Equal(["kept"], next.Texts);
        next.End.SetResult();
        await Task.WhenAll(first.Completion, kept.Completion);
        Assert.Equal(2, engine.Tokenized);
    }

    [Fact]
    public async Task Cancelling_stops_a_running_batch_and_the_call_ends_with_it()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        using var source = new CancellationTokenSource();
        var call = Start(queue, ["one", "two"], source.Token);
        var running = await engine.NextAsync();

        await source.CancelAsync();
        Assert.True(running.CancellationToken.IsCancellationRequested);
        Assert.False(call.IsEnded, "nothing goes on behind the back of the caller");
        running.End.SetException(new OperationCanceledException(source.Token));

        await Assert.ThrowsAsync<TaskCanceledException>(() => call.Completion);
    }

    [Fact]
    public async Task A_batch_that_other_calls_share_is_finished()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        using var source = new CancellationTokenSource();
        var first = Start(queue, ["first"], Token);
        var running = await engine.NextAsync();
        var (canceled, other) = (Start(queue, ["canceled"], source.Token), Start(queue, ["other"], Token));
        running.End.SetResult();
        var shared = await engine.NextAsync();
        Assert.Equal(2, shared.Texts.Length);

        await source.CancelAsync();
        Assert.False(shared.CancellationToken.IsCancellationRequested);
        shared.End.SetResult();

        await Task.WhenAll(first.Completion, other.Completion);
        Assert.Equal(SteppedEngine.Embedding("other"), other.Texts.Embeddings[0].ToArray());
        await canceled.Completion; // its embedding had been computed
    }

    [Fact]
    public async Task A_batch_that_nobody_waits_for_any_longer_stops()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        using var source = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        var first = Start(queue, ["first"], Token);
        var running = await engine.NextAsync();
        EncodingCall[] calls = [Start(queue, ["one"], source.Token), Start(queue, ["two"], other.Token)];
        running.End.SetResult();
        var shared = await engine.NextAsync();
        Assert.Equal(2, shared.Texts.Length);

        await source.CancelAsync();
        Assert.False(shared.CancellationToken.IsCancellationRequested);
        await other.CancelAsync();
        Assert.True(shared.CancellationToken.IsCancellationRequested);
        shared.End.SetException(new OperationCanceledException(shared.CancellationToken));

        await first.Completion;
        await Assert.ThrowsAsync<TaskCanceledException>(() => calls[0].Completion);
        await Assert.ThrowsAsync<TaskCanceledException>(() => calls[1].Completion);
    }

    [Fact]
    public async Task Disposal_ends_waiting_calls_at_once_and_running_ones_after_their_batch()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var running = Start(queue, [s_long, s_long + "y"], Token);
        var batch = await engine.NextAsync();
        var waiting = Start(queue, ["waiting"], Token);

        queue.Dispose();
        var released = queue.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Completion);
        Assert.False(running.IsEnded);
        Assert.False(engine.IsDisposed, "it computes");
        Assert.False(released.IsCompleted);
        batch.End.SetResult();
        await released;
        Assert.True(engine.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running.Completion);
        Assert.Throws<ObjectDisposedException>(() => { Start(queue, ["late"], Token); });
        Assert.Throws<ObjectDisposedException>(() => queue.Run(Call(["late"], Token)));
    }

    [Fact]
    public async Task A_call_whose_last_batch_was_running_at_the_disposal_succeeds()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var call = Start(queue, ["text"], Token);
        var batch = await engine.NextAsync();
        queue.Dispose();
        batch.End.SetResult();
        await call.Completion;
        Assert.Equal(SteppedEngine.Embedding("text"), call.Texts.Embeddings[0].ToArray());
    }

    [Fact]
    public async Task What_goes_wrong_comes_as_it_is_to_those_whom_it_concerns()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, text => text == "bad" ? throw new InvalidDataException(text) : engine.Tokenize(text));
        Assert.Equal("bad", (await Assert.ThrowsAsync<InvalidDataException>(() => Start(queue, ["good", "bad"], Token).Completion)).Message);

        var first = Start(queue, ["first"], Token);
        var batch = await engine.NextAsync();
        var failing = new EncodingCall(["failing"], 1, new EncodeTally(new Failing(), 1), Token);
        var (task, other) = (queue.RunAsync(failing), Start(queue, ["other"], Token));
        batch.End.SetResult();
        batch = await engine.NextAsync();
        Assert.Equal(2, batch.Texts.Length);
        batch.End.SetResult();
        await Task.WhenAll(first.Completion, other.Completion);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => task);

        var last = Start(queue, ["last"], Token);
        (await engine.NextAsync()).End.SetException(new InvalidProgramException());
        await Assert.ThrowsAsync<InvalidProgramException>(() => last.Completion);
    }

    private sealed class Failing : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => throw new InvalidTimeZoneException();
    }
}
