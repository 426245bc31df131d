using CsCheck;
using MiCse.Inference;
using static MiCse.Tests.Inference.QueueCalls;

namespace MiCse.Tests.Inference;

public sealed class EncoderQueueTests
{
    // More tokens than a batch has room for, so that each is a batch of its own.
    private static readonly string s_long = new('x', 600);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_of_different_calls_share_a_batch()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var first = Start(queue, ["first"], Token);
        var running = await engine.NextAsync();
        var calls = Enumerable.Range(0, 5).Select(number => Start(queue, [$"{number}"])).ToArray();

        running.End.SetResult();
        var shared = await engine.NextAsync();
        Assert.Equal(["0", "1", "2", "3", "4"], shared.Texts);
        shared.End.SetResult();

        await first.Completion;
        for (var number = 0; number < calls.Length; number++)
        {
            await calls[number].Completion;
            Assert.Equal(SteppedEngine.Embedding($"{number}"), calls[number].Texts.Embeddings[0].ToArray());
        }
    }

    [Fact]
    public async Task A_call_of_one_text_goes_first_and_many_texts_still_get_their_share()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var first = Start(queue, ["first"], Token);
        var batch = await engine.NextAsync();
        EncodingCall[] calls = [first, Start(queue, ["b" + s_long, "b2" + s_long], Token), .. Enumerable.Range(0, 10).Select(number => Start(queue, [$"{number}{s_long}"]))];

        var order = "";
        for (var count = 0; count < 12; count++)
        {
            batch.End.SetResult();
            batch = await engine.NextAsync();
            order += Assert.Single(batch.Texts)[0];
        }

        batch.End.SetResult();
        await Task.WhenAll(calls.Select(call => call.Completion));
        // The batch that was running before counts too.
        Assert.Equal("012b3456b789", order);
    }

    [Fact]
    public async Task Calls_of_many_texts_take_turns()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var long1 = Start(queue, [.. Enumerable.Range(0, 20_000).Select(number => $"a{number}")], Token);
        var batch = await engine.NextAsync();
        var late = Start(queue, ["b", "c"], Token);

        var computed = 0;
        while (!late.IsEnded)
        {
            computed += batch.Texts.Length;
            batch.End.SetResult();
            batch = await engine.NextAsync();
        }

        Assert.InRange(computed, 2, 3 * EncodingWindow.MostTexts);
        batch.End.SetResult();
        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => long1.Completion);
    }

    [Fact]
    public async Task Few_texts_are_tokenized_ahead_of_the_engine()
    {
        var engine = new SteppedEngine(workers: 2);
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var calls = Enumerable.Range(0, 30).Select(call => Start(queue, [.. Enumerable.Range(0, 5000).Select(number => $"{call} {number}")])).ToArray();
        var first = await engine.NextAsync();
        await engine.NextAsync();

        Assert.InRange(engine.Tokenized, 1, 2 * EncodingWindow.MostTexts);

        queue.Dispose();
        first.End.SetResult();
    }

    [Fact]
    public async Task A_text_is_computed_between_two_steps_of_a_bulk_batch_but_not_for_ever()
    {
        var engine = new PausingEngine();
        var queue = new EncoderQueue(engine, SumEngine.Tokenize);
        EncodingCall[] urgent = [.. Enumerable.Range(0, 9).Select(number => Call([$"{number}"], Token))];
        var bulk = Call(["b" + s_long, "b2" + s_long], Token);
        var endedBefore = new List<int>();
        engine.Step = step =>
        {
            // Added while the batch is at its first step, when the only worker is busy.
            if (step == 0 && endedBefore.Count == 0)
            {
                Array.ForEach(urgent, call => _ = queue.RunAsync(call));
            }

            endedBefore.Add(urgent.Count(call => call.TextsLeft == 0));
        };

        await queue.RunAsync(bulk);
        await Task.WhenAll(urgent.Select(call => call.Completion));

        Assert.Equal(0, endedBefore[0]);
        Assert.True(endedBefore[1] > 0, "computed before the second step of the first bulk batch");
        Assert.All(urgent.Index(), entry => Assert.Equal(SteppedEngine.Embedding($"{entry.Index}"), entry.Item.Texts.Embeddings[0].ToArray()));
        Assert.Equal(SteppedEngine.Embedding("b" + s_long), bulk.Texts.Embeddings[0].ToArray());
        Assert.InRange(engine.MostInside, 1, EncoderQueue.InteractiveInARow);
    }

    [Fact]
    public async Task Ids_are_computed_as_they_are_beside_texts()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var call = new EncodingCall((int[][])[[1, 2, 3], [1, 2, 3], [5]], dimensions: 1, null, Token);
        _ = queue.RunAsync(call);

        (await engine.NextAsync()).End.SetResult();
        await call.Completion;

        Assert.Equal([6, 6, 5], call.Texts.Embeddings.Values.ToArray());
        Assert.Equal([3, 3, 1], call.Texts.TokenCounts);
        Assert.Equal(0, engine.Tokenized);
    }

    [Fact]
    public async Task A_call_may_tokenize_its_own_way_and_refuse_texts_that_are_cut()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var call = new EncodingCall(["a", "long", "b"], dimensions: 1, null, Token)
        {
            Tokenize = text => new([text[0]], Truncated: text.Length > 1),
            RefusesTruncation = true,
        };

        Assert.Equal(1, (await Assert.ThrowsAsync<TextTooLongException>(() => queue.RunAsync(call))).Row);
        Assert.Equal(0, engine.Tokenized);
        var next = Start(queue, ["next"], Token);
        (await engine.NextAsync()).End.SetResult();
        await next.Completion;
    }

    [Fact]
    public async Task Many_texts_may_go_in_the_lane_of_one()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var first = Start(queue, ["first"], Token);
        var batch = await engine.NextAsync();
        var bulk = Start(queue, ["b" + s_long, "b2" + s_long], Token);
        var quick = new EncodingCall(["q" + s_long, "q2" + s_long], dimensions: 1, null, Token) { Lane = Lane.Interactive };
        _ = queue.RunAsync(quick);

        var order = "";
        for (var count = 0; count < 4; count++)
        {
            batch.End.SetResult();
            batch = await engine.NextAsync();
            order += Assert.Single(batch.Texts)[0];
        }

        batch.End.SetResult();
        await Task.WhenAll(first.Completion, bulk.Completion, quick.Completion);
        Assert.Equal("qqbb", order);
    }

    [Fact]
    public async Task A_batch_gets_all_workers_when_it_is_alone_and_one_when_it_is_not()
    {
        var engine = new SteppedEngine(workers: 3);
        var queue = new EncoderQueue(engine, engine.Tokenize);
        foreach (var text in (string[])["short", s_long])
        {
            var alone = Start(queue, [text], Token);
            var batch = await engine.NextAsync();
            Assert.Equal(3, batch.Workers);
            batch.End.SetResult();
            await alone.Completion;
        }

        var many = Start(queue, [.. Enumerable.Range(0, 4).Select(number => s_long + number)], Token);
        SteppedEngine.Batch[] three = [await engine.NextAsync(), await engine.NextAsync(), await engine.NextAsync()];
        Assert.All(three, batch => Assert.Equal(1, batch.Workers));
        three[1].End.SetResult();
        var last = await engine.NextAsync();
        Assert.Equal(1, last.Workers);
        Array.ForEach([three[0], three[2], last], batch => batch.End.SetResult());
        await many.Completion;
    }

    [Fact]
    public void A_synchronous_call_computes_on_its_own_thread()
    {
        var engine = new SumEngine(workers: 1);
        using var queue = new EncoderQueue(engine, SumEngine.Tokenize);

        queue.Run(Call(["one text"], Token));
        queue.Run(Call([.. Enumerable.Range(0, 3000).Select(number => $"{number}")], Token));

        Assert.Equal([Environment.CurrentManagedThreadId], engine.Threads);
    }

    [Fact]
    public async Task A_synchronous_call_waits_for_an_engine_that_computes_elsewhere()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var call = Call([s_long, s_long + "y"], Token);
        var thread = new Thread(() => queue.Run(call));
        thread.Start();
        for (var batch = 0; batch < 2; batch++)
        {
            (await engine.NextAsync()).End.SetResult();
        }

        thread.Join();
        Assert.Equal([SteppedEngine.Embedding(s_long)[0], SteppedEngine.Embedding(s_long + "y")[0]], call.Texts.Embeddings.Values.ToArray());
    }

    [Fact]
    public async Task Token_states_are_asked_for_alone()
    {
        var engine = new SteppedEngine();
        var queue = new EncoderQueue(engine, engine.Tokenize);
        var first = Start(queue, ["first"], Token);
        var batch = await engine.NextAsync();
        var before = Start(queue, ["a"], Token);
        var tokens = new EncodingCall(["bc"], 1, null, Token) { WantsTokens = true };
        var running = queue.RunAsync(tokens);
        var after = Start(queue, ["d"], Token);
        foreach (var expected in (string[])["a", "bc", "d"])
        {
            batch.End.SetResult();
            batch = await engine.NextAsync();
            Assert.Equal([expected], batch.Texts);
        }

        batch.End.SetResult();
        await Task.WhenAll(first.Completion, before.Completion, running, after.Completion);
        Assert.Equal([(float)'b', 'c'], tokens.Tokens!.States.Values.ToArray());
    }

    [Fact]
    public async Task Every_text_gets_its_embedding_whatever_calls_there_are_and_no_more_batches_than_workers_are_computed_at_a_time() =>
        await Gen.Select(Gen.Int[1, 5], Gen.String[Gen.Char["abcd "], 0, 200].Array[0, 300].Array[1, 20]).SampleAsync(
            async (workers, calls) =>
            {
                var engine = new SumEngine(workers);
                await using var queue = new EncoderQueue(engine, SumEngine.Tokenize);
                await Parallel.ForAsync(0, calls.Length, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (index, token) =>
                {
                    var call = Call(calls[index], token);
                    if (index % 2 == 0)
                    {
                        queue.Run(call);
                    }
                    else
                    {
                        await queue.RunAsync(call);
                    }

                    Assert.Equal(calls[index].SelectMany(SteppedEngine.Embedding), call.Texts.Embeddings.Values.ToArray());
                });
                Assert.InRange(engine.MostAtOnce, 0, workers);
            },
            iter: 100,
            threads: 1);
}
