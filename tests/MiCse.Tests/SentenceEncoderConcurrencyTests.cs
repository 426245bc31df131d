using System.Diagnostics;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Tests.Inference;
using MiCse.Tokenization;
using Microsoft.Extensions.AI;

namespace MiCse.Tests;

/// <summary>An encoder under many threads.</summary>
public sealed class SentenceEncoderConcurrencyTests : IDisposable
{
    private readonly SmallModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Sixteen_threads_that_cancel_at_random_and_an_encoder_that_is_disposed_amid_them(int threads)
    {
        const int Rounds = 5;
        const int TextsPerCaller = 125;
        var texts = Enumerable.Range(0, 10_000).Select(number => $"{(char)('a' + number % 26)} cat {number} on the mat").ToArray();
        using var reference = SentenceEncoder.Load(_model.Path);
        var expected = reference.Encode(texts, cancellationToken: Token).Embeddings;
        var (right, canceled, disposed) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = threads });
            var left = texts.Length * (round + 1) / (Rounds + 1);
            var isDisposed = false;
            var workers = Enumerable.Range(0, 16).Select(worker => new Thread(() =>
            {
                var random = new Random(100 * round + worker);
                for (var first = worker * TextsPerCaller; first < texts.Length; first += 16 * TextsPerCaller)
                {
                    Call(encoder, random, first, TextsPerCaller);
                    if (Interlocked.Add(ref left, -TextsPerCaller) <= 0)
                    {
                        Volatile.Write(ref isDisposed, true);
                        encoder.Dispose();
                    }
                }
            })).ToArray();
            Array.ForEach(workers, worker => worker.Start());
            Array.ForEach(workers, worker => worker.Join());
            await encoder.DisposeAsync();
            Assert.Throws<ObjectDisposedException>(() => encoder.Encode("the cat", Token));

            void Call(SentenceEncoder encoder, Random random, int first, int count)
            {
                using var source = new CancellationTokenSource();
                IProgress<EncodeProgress>? canceling = random.Next(3) == 0 ? new Canceling(source, random.Next(1, count)) : null;
                if (random.Next(10) == 0)
                {
                    source.Cancel();
                }

                var part = texts.AsSpan(first, count).ToArray();
                try
                {
                    float[] found = random.Next(5) switch
                    {
                        0 => encoder.Encode(part, canceling, source.Token).Embeddings.Values.ToArray(),
                        1 => encoder.EncodeAsync(part, canceling, source.Token).GetAwaiter().GetResult().Embeddings.Values.ToArray(),
                        2 => [.. encoder.EncodeStream(part, canceling, source.Token).SelectMany(text => text.Embedding)],
                        3 => [.. part.SelectMany(text => encoder.Encode(text, source.Token))],
                        _ => [.. ((IEmbeddingGenerator<string, Embedding<float>>)encoder).GenerateAsync(part, cancellationToken: source.Token).GetAwaiter().GetResult().SelectMany(text => text.Vector.ToArray())],
                    };
                    encoder.EncodeTokens(part[0], source.Token);
                    Assert.Equal(expected.Values.Slice(first * expected.Dimensions, count * expected.Dimensions).ToArray(), found);
                    Interlocked.Increment(ref right);
                }
                catch (OperationCanceledException) when (source.IsCancellationRequested)
                {
                    Interlocked.Increment(ref canceled);
                }
                catch (ObjectDisposedException) when (Volatile.Read(ref isDisposed))
                {
                    Interlocked.Increment(ref disposed);
                }
            }
        }

        Assert.True(right > 0 && canceled > 0 && disposed > 0, $"{right} right, {canceled} cancelled, {disposed} disposed");
    }

    [Fact]
    public void Whoever_receives_progress_may_encode()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 1 });
        var inner = new List<float[]>();

        encoder.Encode([.. Enumerable.Range(0, 500).Select(number => $"cat {number}")], new Recorder(_ => inner.Add(encoder.Encode("dog", Token))), Token);

        Assert.NotEmpty(inner);
        Assert.All(inner, embedding => Assert.Equal(encoder.Encode("dog", Token), embedding));
    }

    [Fact]
    public async Task Whoever_receives_progress_may_dispose_the_encoder()
    {
        var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 2 });
        string[] texts = [.. Enumerable.Range(0, 5000).Select(number => $"cat {number}")];

        Assert.Throws<ObjectDisposedException>(() => encoder.Encode(texts, new Recorder(_ => encoder.Dispose()), Token));

        await encoder.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => encoder.EncodeAsync("cat", Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await encoder.EncodeStreamAsync(texts.ToAsyncEnumerable(), cancellationToken: Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_thousand_calls_at_once_need_few_threads()
    {
        // In a process of its own: here other tests use the thread pool as well.
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "-explicit", "only", "-method", $"{typeof(SentenceEncoderConcurrencyTests).FullName}.{nameof(Threads_of_a_thousand_calls)}" },
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 1", StringComparison.Ordinal), output);
    }

    [Fact(Explicit = true)]
    public async Task Threads_of_a_thousand_calls()
    {
        using var gate = new ManualResetEventSlim();
        var settings = EncoderSettings.Of(ModelSource.Parse(_model.Path).Resolve(cancellationToken: Token), null);
        using IEmbeddingGenerator<string, Embedding<float>> generator = new SentenceEncoder(
            settings, EncoderPrecision.Float32, Tokenizer.Load(_model.Path), new SumEngine(workers: 2, gate));
        var before = ThreadPool.ThreadCount;

        // Both workers compute until the gate opens.
        var calls = Enumerable.Range(0, 1000).Select(number => generator.GenerateAsync([$"cat {number}"], cancellationToken: Token)).ToArray();

        // What was put into the pool after the calls would not get a thread before them if they held some.
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => { }, Token)));
        var most = ThreadPool.ThreadCount;
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        gate.Set();
        foreach (var call in calls)
        {
            await call;
            most = Math.Max(most, ThreadPool.ThreadCount);
        }

        Assert.InRange(most, 1, before + Environment.ProcessorCount + 4);
    }

    private sealed class Recorder(Action<EncodeProgress> report) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => report(value);
    }

    private sealed class Canceling(CancellationTokenSource source, int texts) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value)
        {
            if (value.TextsDone >= texts)
            {
                source.Cancel();
            }
        }
    }
}
