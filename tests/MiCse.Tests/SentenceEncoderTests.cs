using CsCheck;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Models;
using Microsoft.Extensions.AI;

namespace MiCse.Tests;

public sealed class SentenceEncoderTests : IDisposable
{
    private readonly SmallModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_text_has_the_same_bytes_alone_and_among_others_in_any_order()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 2 });
        Gen.String[Gen.Char["abcdefgh ,."], 0, 80].Array[1, 60].Sample(
            texts =>
            {
                var together = encoder.Encode(texts, cancellationToken: Token);
                var reversed = encoder.Encode([.. texts.Reverse()], cancellationToken: Token);
                Assert.Equal(texts.Length, together.Embeddings.Count);
                for (var row = 0; row < texts.Length; row++)
                {
                    Assert.Equal(encoder.Encode(texts[row]), together.Embeddings[row].ToArray());
                    Assert.Equal(together.Embeddings[row].ToArray(), reversed.Embeddings[texts.Length - 1 - row].ToArray());
                }
            },
            iter: 30);
    }

    [Fact]
    public void The_number_of_threads_changes_no_byte()
    {
        var texts = Enumerable.Range(0, 500).Select(i => string.Concat(Enumerable.Repeat("the cat, ", 1 + i % 9)) + (char)('a' + i % 26)).ToArray();
        using var one = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 1 });
        using var many = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 7 });
        Assert.Equal(
            one.Encode(texts, cancellationToken: Token).Embeddings.Values.ToArray(), many.Encode(texts, cancellationToken: Token).Embeddings.Values.ToArray());
    }

    [Fact]
    public void Long_texts_are_cut_and_flagged()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { MaxTokens = 6 });
        var encoded = encoder.Encode(["the cat sat on", "the cat sat on the mat", "the cat sat on the mat . the dog"], cancellationToken: Token);
        Assert.Equal([6, 6, 6], encoded.TokenCounts);
        Assert.Equal([false, true, true], encoded.Truncated);
        Assert.Equal(2, encoded.TruncatedCount);
        Close.Assert(encoded.Embeddings[0].ToArray(), encoded.Embeddings[2].ToArray(), 1e-6);
    }

    [Fact]
    public void An_empty_text_has_the_vector_of_start_and_end()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);
        var encoded = encoder.Encode(["", "cat"], cancellationToken: Token);
        Assert.Equal(2, encoded.TokenCounts[0]);
        Close.Assert(encoder.Encode("  \t", Token), encoded.Embeddings[0].ToArray(), 1e-5);
        Assert.Contains(encoded.Embeddings[0].ToArray(), x => x != 0);
    }

    [Fact]
    public void No_texts_give_no_rows()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);
        Assert.Equal(0, encoder.Encode([], cancellationToken: Token).Embeddings.Count);
    }

    [Fact]
    public void A_text_is_like_itself_and_less_like_another()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);
        Assert.Equal(1, encoder.Similarity("the cat sat", "The  CAT sat"), 6);
        Assert.InRange(encoder.Similarity("the cat sat", "on a mat , dog"), -1, 0.99);
    }

    [Fact]
    public void Progress_counts_up_to_all_texts_and_tokens()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 4 });
        var reports = new List<EncodeProgress>();
        string[] texts = [.. Enumerable.Range(0, 300).Select(Text), .. Enumerable.Range(0, 100).Select(Text)];
        var encoded = encoder.Encode(texts, new Recorder(reports.Add), Token);
        Assert.True(reports.Count > 3);
        Assert.Equal(reports.OrderBy(report => report.TextsDone), reports);
        Assert.Equal(new EncodeProgress(400, 400, encoded.TokenCounts.Sum(), encoded.TokenCounts.Take(300).Sum()), reports[^1]);
    }

    [Fact]
    public void Cancellation_is_seen_between_batches()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Threads = 2 });
        using var source = new CancellationTokenSource();
        var texts = Enumerable.Range(0, 2000).Select(Text).ToArray();
        var last = default(EncodeProgress);
        var progress = new Recorder(report =>
        {
            last = report;
            source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => encoder.Encode(texts, progress, source.Token));
        Assert.InRange(last.TextsDone, 1, 1999);
    }

    [Fact]
    public void Null_among_the_texts_is_named()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);
        var failure = Assert.Throws<ArgumentException>(() => encoder.Encode(["a", null!], cancellationToken: Token));
        Assert.Contains("Text 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pooling_the_caller_gives_wins_and_is_said_to_be_given()
    {
        using var published = SentenceEncoder.Load(_model.Path);
        using var mean = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Pooling = Pooling.Mean });
        Assert.Equal(Pooling.ClsBeforePooler, published.Pooling.Pooling);
        Assert.Equal((Pooling.Mean, "given by the caller"), (mean.Pooling.Pooling, mean.Pooling.Source));
        Assert.NotEqual(published.Encode("the cat", Token), mean.Encode("the cat", Token));
    }

    [Fact]
    public void A_tokenizer_with_more_ids_than_the_model_has_rows_is_refused()
    {
        File.Delete(Path.Combine(_model.Path, "tokenizer.json"));
        File.AppendAllLines(Path.Combine(_model.Path, "vocab.txt"), ["one", "word", "more"]);
        var failure = Assert.Throws<ModelFormatException>(() => SentenceEncoder.Load(_model.Path));
        Assert.Contains("68 ids", failure.Message, StringComparison.Ordinal);
        Assert.Contains("65 rows", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "MaxTokens is 1;")]
    [InlineData(33, "takes at most 32 tokens.")]
    public void A_length_the_model_cannot_take_is_refused(int maxTokens, string sentence)
    {
        var failure = Assert.Throws<ArgumentException>(() => SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { MaxTokens = maxTokens }));
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Works_as_an_embedding_generator()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);
        IEmbeddingGenerator<string, Embedding<float>> generator = encoder;
        var embeddings = await generator.GenerateAsync(["the cat", "the dog"], cancellationToken: Token);
        Close.Assert(encoder.Encode("the dog", Token), embeddings[1].Vector.ToArray(), 1e-5);
        Assert.Equal(8, embeddings.Usage!.InputTokenCount);
        Assert.Null(embeddings.AdditionalProperties);
        Assert.All(embeddings, embedding => Assert.Equal("small-model", embedding.ModelId));
        var cut = await generator.GenerateAsync(["the cat", string.Join(' ', Enumerable.Repeat("the cat", 50))], cancellationToken: Token);
        Assert.Equal([1], Assert.IsType<int[]>(cut.AdditionalProperties![SentenceEncoder.TruncatedProperty]));
        var metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("small-model", 16), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(encoder, generator.GetService<SentenceEncoder>());
        await Assert.ThrowsAsync<NotSupportedException>(
            () => generator.GenerateAsync(["the cat"], new EmbeddingGenerationOptions { Dimensions = 8 }, Token));
    }

    [Fact]
    public void After_disposal_it_says_so()
    {
        var encoder = SentenceEncoder.Load(_model.Path);
        encoder.Dispose();
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode("the cat", Token));
    }

    /// <summary>A text of its own for every number.</summary>
    private static string Text(int number) => number < 26 ? $"{(char)('a' + number)}" : $"{Text(number / 26)} {(char)('a' + number % 26)}";

    private sealed class Recorder(Action<EncodeProgress> report) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => report(value);
    }
}
