using MiCse.Explanation;
using MiCse.Inference.Layers;
using MiCse.Training.Explanation;

namespace MiCse.Training.Tests.Explanation;

/// <summary>What the library computes without libtorch is what the loss computes.</summary>
public sealed class AttentionAgreementTests : IDisposable
{
    private readonly TinyTraining _tiny = new();
    private readonly SentenceEncoder _encoder;

    public AttentionAgreementTests() => _encoder = SentenceEncoder.Load(_tiny.Model.Path);

    public void Dispose()
    {
        _encoder.Dispose();
        _tiny.Dispose();
    }

    [Theory]
    [InlineData("w7 w8 w9 w10 w11", "w1 w8 w3 w10 w12")]
    [InlineData("w7", "w8")]
    [InlineData("w7 w8", "w7 w8")]
    public void Heads_agree_as_the_loss_says(string first, string second)
    {
        using var explainer = AttentionExplainer.Load(_encoder);
        var expected = explainer.BetweenTexts(first, second)!.Heads;

        var heads = AttentionAgreement.ByHead(Maps(first), Maps(second))!;

        Assert.Equal((expected.Rows, expected.Columns), (heads.Rows, heads.Columns));
        Assert.All(expected.Values.Zip(heads.Values), pair => Assert.Equal(pair.First, pair.Second, pair.First > 10 ? 14 : 1e-3));
    }

    [Fact]
    public void Maps_are_probabilities()
    {
        var maps = Maps("w7 w8 w9");

        for (var layer = 0; layer < maps.Layers; layer++)
        {
            for (var query = 0; query < maps.Tokens; query++)
            {
                Assert.Equal(1, maps.Row(layer, 0, query).ToArray().Sum(), 1e-5f);
            }
        }
    }

    [Fact]
    public void Texts_of_different_lengths_are_not_compared() => Assert.Null(AttentionAgreement.ByHead(Maps("w7 w8"), Maps("w7")));

    private AttentionMaps Maps(string text)
    {
        var maps = new AttentionMaps();
        var tokens = _encoder.EncodeTokensWithMaps(text, maps, TestContext.Current.CancellationToken);
        Assert.Equal(tokens.Ids.Count, maps.Tokens);
        Assert.Equal(_encoder.EncodeTokens(text, TestContext.Current.CancellationToken).States.Values.ToArray(), tokens.States.Values.ToArray());
        return maps;
    }
}
