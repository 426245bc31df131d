using MiCse.Models;
using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

public class MaskedLanguageModelHeadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_is_the_cross_entropy_of_all_scores_without_the_ignored(bool tied)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var encoder = new EncoderModule(SmallModel.Config, 0, 0);
        using var head = new MaskedLanguageModelHead(SmallModel.Config, tied ? encoder : null);
        var states = randn(3, 4, SmallModel.Config.HiddenSize);
        var labels = tensor(new long[,] { { -100, 7, -100, 3 }, { -100, -100, -100, -100 }, { 49, -100, 0, -100 } });

        var everything = nn.functional.cross_entropy(head.Forward(states).flatten(0, 1), labels.flatten(), ignore_index: -100);

        TensorAssert.Near(everything, head.Loss(states, labels), 1e-6);
    }

    [Fact]
    public void Nothing_to_predict_costs_nothing()
    {
        using var scope = NewDisposeScope();
        using var head = new MaskedLanguageModelHead(SmallModel.Config, null);
        Assert.Equal(0, head.Loss(randn(1, 2, SmallModel.Config.HiddenSize), full([1, 2], -100, ScalarType.Int64)).item<float>());
    }

    [Fact]
    public void A_tied_head_trains_the_word_embeddings()
    {
        using var scope = NewDisposeScope();
        using var encoder = new EncoderModule(SmallModel.Config, 0, 0);
        using var head = new MaskedLanguageModelHead(SmallModel.Config, encoder);
        head.Forward(randn(2, SmallModel.Config.HiddenSize)).square().sum().backward();
        Assert.NotNull(encoder.state_dict()[WeightNames.WordEmbeddings].grad);
        Assert.DoesNotContain(head.named_parameters(), weight => weight.name == WeightNames.MaskedLanguageModelDecoder.Weight);
    }
}
