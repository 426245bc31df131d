using System.Threading.Channels;
using CsCheck;
using MiCse.Inference;

namespace MiCse.Tests;

public sealed class SentenceEncoderStreamTests : IDisposable
{
    private readonly SmallModel _model = new();
    private readonly SentenceEncoder _encoder;

    public SentenceEncoderStreamTests() => _encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 3 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _encoder.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void A_stream_gives_what_a_list_gives_in_the_same_order() =>
        Gen.String[Gen.Char["abc ,."], 0, 12].Array[0, 3000].Sample(
            texts =>
            {
                var expected = _encoder.Encode(texts, cancellationToken: Token);
                var found = _encoder.EncodeStream(texts, cancellationToken: Token).ToList();
                Assert.Equal(texts, found.Select(text => text.Text));
                Assert.Equal(expected.TokenCounts, found.Select(text => text.TokenCount));
                Assert.Equal(expected.Embeddings.Values.ToArray(), found.SelectMany(text => text.Embedding));
            },
            iter: 10);

    [Fact]
    public void Texts_are_read_a_limited_number_ahead()
    {
        var (read, taken, furthest) = (0, 0, 0);
        foreach (var _ in _encoder.EncodeStream(Counted(20_000), cancellationToken: Token))
        {
            taken++;
            furthest = Math.Max(furthest, read - taken);
        }

        Assert.Equal(20_000, taken);
        Assert.InRange(furthest, EncodingWindow.MostTexts, TextStream.WindowsAhead * EncodingWindow.MostTexts);

        IEnumerable<string> Counted(int count)
        {
            for (read = 0; read < count;)
            {
                read++;
                yield return $"{(char)('a' + read % 26)} cat";
            }
        }
    }

    [Fact]
    public void Long_texts_fill_a_window_too()
    {
        var read = 0;
        var text = string.Concat(Enumerable.Repeat("cat ", 100_000));
        Assert.True(_encoder.EncodeStream(Enumerable.Range(0, 100).Select(_ => $"{read++}{text}"), cancellationToken: Token).First().Truncated);
        Assert.InRange(read, 1, 20);
    }

    [Fact]
    public async Task What_has_come_is_encoded_without_waiting_for_more()
    {
        var texts = Channel.CreateUnbounded<string>();
        await using var encoded = _encoder.EncodeStreamAsync(texts.Reader.ReadAllAsync(Token), cancellationToken: Token).GetAsyncEnumerator(Token);
        foreach (var text in new[] { "the cat", "the dog", "the mat" })
        {
            await texts.Writer.WriteAsync(text, Token);
            Assert.True(await encoded.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token));
            Assert.Equal(text, encoded.Current.Text);
        }

        texts.Writer.Complete();
        Assert.False(await encoded.MoveNextAsync());
    }

    [Fact]
    public void Repeated_texts_are_computed_once_in_a_window()
    {
        var last = default(EncodeProgress);
        var count = _encoder.EncodeStream(Enumerable.Repeat("the cat", 1000), new Recorder(progress => last = progress), Token).Count();
        Assert.Equal(1000, count);
        Assert.Equal(new EncodeProgress(1000, TextsTotal: null, 4000, 4), last);
    }

    [Fact]
    public void Whoever_stops_reading_stops_the_work()
    {
        var (read, ended) = (0, false);
        Assert.Equal(5, _encoder.EncodeStream(Endless(), cancellationToken: Token).Take(5).Count());
        Assert.True(ended, "the texts are disposed");
        var atTheEnd = read;
        Assert.InRange(atTheEnd, 5, TextStream.WindowsAhead * EncodingWindow.MostTexts + 1); // the one that shows that there are more

        IEnumerable<string> Endless()
        {
            try
            {
                while (true)
                {
                    read++;
                    yield return $"{(char)('a' + read % 26)}";
                }
            }
            finally
            {
                ended = true;
            }
        }
    }

    [Fact]
    public void Cancellation_ends_a_stream()
    {
        using var source = new CancellationTokenSource();
        var stream = _encoder.EncodeStream(Enumerable.Range(0, 1_000_000).Select(number => $"cat {number}"), new Recorder(_ => source.Cancel()), source.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => stream.Count());
    }

    [Fact]
    public void What_goes_wrong_with_the_texts_comes_as_it_is()
    {
        var failure = Assert.Throws<InvalidDataException>(() => _encoder.EncodeStream(Failing(), cancellationToken: Token).Count());
        Assert.Equal("line 3000", failure.Message);

        static IEnumerable<string> Failing()
        {
            for (var number = 1; number < 3000; number++)
            {
                yield return "cat";
            }

            throw new InvalidDataException("line 3000");
        }
    }

    [Fact]
    public void Null_among_the_texts_is_named()
    {
        var failure = Assert.Throws<ArgumentException>(() => _encoder.EncodeStream(["a", "b", null!], cancellationToken: Token).Count());
        Assert.Contains("Text 2", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Recorder(Action<EncodeProgress> report) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => report(value);
    }
}
