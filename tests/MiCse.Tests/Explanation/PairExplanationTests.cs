using MiCse.Explanation;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Tests.Explanation;

public sealed class PairExplanationTests : IDisposable
{
    private readonly SmallModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_words_importance_is_what_the_similarity_loses_without_it()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);

        var pair = Explain(encoder, "The cat sat.", "a dog sat on the mat");

        Assert.Equal(encoder.Similarity("The cat sat.", "a dog sat on the mat"), pair.Score, 5);
        Assert.Equal(["The", "cat", "sat", "."], pair.First.Words.Select(word => word.Word));
        Assert.Equal([0, 4, 8, 11], pair.First.Words.Select(word => word.Start));
        string[] firstWithout = ["cat sat.", "The sat.", "The cat.", "The cat sat"];
        string[] secondWithout = ["dog sat on the mat", "a sat on the mat", "a dog on the mat", "a dog sat the mat", "a dog sat on mat", "a dog sat on the"];
        CheckWords(pair.First, firstWithout.Select(text => encoder.Similarity(text, "a dog sat on the mat")));
        CheckWords(pair.Second, secondWithout.Select(text => encoder.Similarity("The cat sat.", text)));
        Assert.Contains(pair.First.Words, word => Math.Abs(word.Importance) > 0.01);

        void CheckWords(TextExplanation text, IEnumerable<double> scores)
        {
            Close.Assert(scores, text.Words.Select(word => word.ScoreWithout), 1e-5);
            Close.Assert(text.Words.Select(word => pair.Score - word.ScoreWithout), text.Words.Select(word => word.Importance), 1e-12);
        }
    }

    [Fact]
    public void Tokens_are_compared_by_their_last_hidden_states_without_start_and_end()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);

        var pair = Explain(encoder, "the catdog", "dog on mat");

        Assert.Equal(["the", "cat", "##d", "##o", "##g"], pair.First.Tokens);
        Assert.Equal(["dog", "on", "mat"], pair.Second.Tokens);
        var map = pair.TokenSimilarities;
        Assert.Equal((pair.First.Tokens.Count, 3), (map.Rows, map.Columns));
        var (first, second) = (encoder.EncodeTokens("the catdog", TestContext.Current.CancellationToken).States, encoder.EncodeTokens("dog on mat", TestContext.Current.CancellationToken).States);
        for (var row = 0; row < map.Rows; row++)
        {
            for (var column = 0; column < map.Columns; column++)
            {
                Assert.Equal(Similarity.Cosine(first[row + 1], second[column + 1]), map[row, column], 12);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => map[map.Rows, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map[0, -1]);
    }

    [Fact]
    public void A_text_and_itself_are_the_same_token_by_token()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);

        var pair = Explain(encoder, "the cat sat", "the cat sat");

        Assert.Equal(1, pair.Score, 6);
        Assert.All(Enumerable.Range(0, 3), token => Assert.Equal(1, pair.TokenSimilarities[token, token], 6));
        Assert.All(pair.First.Words, word => Assert.True(word.Importance > 0));
        Close.Assert(pair.First.Words.Select(word => word.Importance), pair.Second.Words.Select(word => word.Importance), 1e-5);
    }

    [Fact]
    public void An_empty_text_has_neither_words_nor_tokens_and_one_word_is_compared_as_an_empty_text()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);

        var pair = Explain(encoder, "", "cat");

        Assert.Empty(pair.First.Words);
        Assert.Empty(pair.First.Tokens);
        Assert.Equal((0, 1), (pair.TokenSimilarities.Rows, pair.TokenSimilarities.Columns));
        Assert.Equal(1, Assert.Single(pair.Second.Words).ScoreWithout, 5);
        Assert.Equal(encoder.Similarity("", "cat"), pair.Score, 5);
    }

    [Fact]
    public void What_the_model_does_not_read_has_no_part()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { MaxTokens = 5 });

        var pair = Explain(encoder, "the cat sat on the mat", "the dog");

        Assert.True(pair.First.Truncated);
        Assert.False(pair.Second.Truncated);
        Assert.Equal(["the", "cat", "sat"], pair.First.Tokens);
        Assert.Equal(["the", "cat", "sat"], pair.First.Words.Select(word => word.Word));
    }

    [Fact]
    public void A_model_without_layers_is_explained_by_its_word_vectors()
    {
        using var encoder = SentenceEncoder.Load(WithoutLayers(), new SentenceEncoderOptions { Pooling = Pooling.Mean });

        var pair = Explain(encoder, "cat sat", "sat cat");

        // Without layers and with positions a token is not quite itself elsewhere, but nearest to itself.
        Assert.True(pair.TokenSimilarities[0, 1] > pair.TokenSimilarities[0, 0]);
        Assert.True(pair.TokenSimilarities[1, 0] > pair.TokenSimilarities[1, 1]);
        Assert.Equal(2, pair.First.Words.Count);
    }

    private static PairExplanation Explain(SentenceEncoder encoder, string first, string second) =>
        PairExplanation.Of(encoder, first, second, cancellationToken: TestContext.Current.CancellationToken);

    private string WithoutLayers()
    {
        var folder = Path.Combine(Path.GetDirectoryName(_model.Path)!, "no-layers");
        var tokenizer = Tokenizer.Load(_model.Path);
        var config = ModelInitializer.Configure(tokenizer, new ModelSize(0, 16, 2) { MaxTokens = 32 }) with { InitializerRange = 0.3 };
        ModelFolderWriter.Write(
            folder, new ModelContent { Config = config, Weights = ModelInitializer.Weights(config, seed: 1), TokenizerFolder = _model.Path });
        return folder;
    }
}
