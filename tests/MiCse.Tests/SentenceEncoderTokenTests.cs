using MiCse.Models;
using MiCse.Tests.Inference;
using MiCse.Weights;

namespace MiCse.Tests;

public sealed class SentenceEncoderTokenTests : IDisposable
{
    private readonly SmallModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Token_states_are_those_of_the_slow_twin()
    {
        using var encoder = SentenceEncoder.Load(_model.Path);
        using var checkpoint = encoder.Folder.OpenCheckpoint();
        var twin = new SlowEncoder(EncoderWeights.From(checkpoint, encoder.Folder.Config));
        foreach (var text in new[] { "", "the cat sat on the mat.", "zz" })
        {
            var tokens = encoder.EncodeTokens(text, TestContext.Current.CancellationToken);

            int[] ids = [.. tokens.Ids];
            Assert.Equal(encoder.Tokenizer.Tokenize(text).Ids, ids);
            var expected = twin.HiddenStates(ids, [.. ids.Select(_ => 1)], new int[ids.Length])[^1];
            Assert.Equal((ids.Length, encoder.Dimensions), (tokens.States.Count, tokens.States.Dimensions));
            Close.Assert(expected.SelectMany(state => state), tokens.States.Values.ToArray().Select(value => (double)value), 1e-5);
        }
    }

    [Theory]
    [InlineData(Pooling.ClsBeforePooler)]
    [InlineData(Pooling.Mean)]
    public void The_embedding_is_made_of_the_token_states(Pooling pooling)
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Pooling = pooling });

        var states = encoder.EncodeTokens("the dog sat on a mat", TestContext.Current.CancellationToken).States;

        var pooled = Enumerable.Range(0, encoder.Dimensions).Select(column => pooling == Pooling.Mean
            ? Enumerable.Range(0, states.Count).Average(row => states[row][column])
            : states[0][column]);
        Close.Assert(pooled, encoder.Encode("the dog sat on a mat", TestContext.Current.CancellationToken), 1e-5);
    }

    [Fact]
    public void A_long_text_is_cut_and_flagged()
    {
        using var encoder = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { MaxTokens = 5 });

        var tokens = encoder.EncodeTokens("the cat sat on the mat", TestContext.Current.CancellationToken);

        Assert.True(tokens.Truncated);
        Assert.Equal(["[CLS]", "the", "cat", "sat", "[SEP]"], tokens.Ids.Select(encoder.Tokenizer.TokenOf));
        Assert.False(encoder.EncodeTokens("the cat sat", TestContext.Current.CancellationToken).Truncated);
    }

    [Fact]
    public void A_disposed_encoder_refuses()
    {
        var encoder = SentenceEncoder.Load(_model.Path);
        encoder.EncodeTokens("cat", TestContext.Current.CancellationToken);
        encoder.Dispose();

        Assert.Throws<ObjectDisposedException>(() => encoder.EncodeTokens("cat", TestContext.Current.CancellationToken));
    }
}
