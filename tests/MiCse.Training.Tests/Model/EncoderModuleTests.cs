using MiCse.Models;
using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

public class EncoderModuleTests
{
    [Fact]
    public void State_dict_has_the_approved_names_and_shapes()
    {
        using var encoder = new EncoderModule(SmallModel.Config with { Layers = 1 }, 0.1, 0.1);
        using var projection = new ProjectionHead(SmallModel.Config);
        using var words = new MaskedLanguageModelHead(SmallModel.Config, tiedTo: null);
        using var tiedWords = new MaskedLanguageModelHead(SmallModel.Config, tiedTo: encoder);
        var actual = new (string Title, nn.Module Module)[]
        {
            ("EncoderModule", encoder),
            ("ProjectionHead", projection),
            ("MaskedLanguageModelHead", words),
            ("MaskedLanguageModelHead, tied", tiedWords),
        };
        var text = string.Concat(actual.Select(part =>
            $"# {part.Title}\n" + string.Concat(part.Module.state_dict().Select(weight => $"{weight.Key} [{string.Join(", ", weight.Value.shape)}]\n"))));

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Model", "StateDict.approved.txt")), text);
    }

    [Fact]
    public void Fresh_weights_are_normal_and_padding_is_zero()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var encoder = new EncoderModule(SmallModel.Config with { VocabularySize = 4000, InitializerRange = 0.05 }, 0, 0);
        var weights = encoder.state_dict();
        var words = weights[WeightNames.WordEmbeddings];
        Assert.Equal(0.05, words.std().item<float>(), 0.001);
        Assert.Equal(0, words[0].abs().max().item<float>());
        Assert.Equal(0.05, weights[WeightNames.Layer(1).Intermediate.Weight].std().item<float>(), 0.005);
        Assert.Equal(0, weights[WeightNames.Layer(1).Intermediate.Bias].abs().max().item<float>());
        Assert.Equal(1, weights[WeightNames.Layer(1).OutputNorm.Weight].min().item<float>());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));

        static byte[] Run(long seed)
        {
            manual_seed(seed);
            using var encoder = new EncoderModule(SmallModel.Config, 0.1, 0.1);
            var (ids, mask) = SmallModel.Batch();
            return encoder.Forward(ids, mask, new LayerRange(1, 3)).LastHiddenState.bytes.ToArray();
        }
    }

    [Fact]
    public void Gradients_do_not_depend_on_the_number_of_threads()
    {
        var before = get_num_threads();
        try
        {
            Assert.All([2, 3], threads => Assert.Equal(Run(1), Run(threads)));
        }
        finally
        {
            set_num_threads(before);
        }

        List<string> Run(int threads)
        {
            using var scope = NewDisposeScope();
            set_num_threads(threads);
            manual_seed(1);
            using var encoder = new EncoderModule(SmallModel.Config with { HiddenSize = 64, Layers = 2 }, 0.1, 0.1);
            using var words = new MaskedLanguageModelHead(encoder.Config, encoder);
            var ids = randint(1, 50, [64, 12], ScalarType.Int64);
            var output = encoder.Forward(ids, ones_like(ids), new LayerRange(0, 2));
            (words.Loss(output.LastHiddenState, ids) + output.AttentionMaps[0].square().sum()).backward();
            return [.. encoder.named_parameters().Concat(words.named_parameters()).Select(weight =>
                weight.name + Convert.ToHexString(weight.parameter.grad!.contiguous().bytes.ToArray()))];
        }
    }

    [Fact]
    public void Attention_maps_are_given_after_dropout_and_only_for_the_layers_asked_for()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var encoder = new EncoderModule(SmallModel.Config, 0, 0.5);
        var (ids, mask) = SmallModel.Batch();

        var maps = encoder.Forward(ids, mask, new LayerRange(1, 3)).AttentionMaps;

        Assert.Equal(2, maps.Count);
        Assert.Equal([4, 2, 8, 8], maps[0].shape);
        Assert.Equal(0, maps[0][0, .., .., 7].abs().max().item<float>()); // a padded key
        var dropped = maps[0].narrow(0, 2, 2).eq(0).to(ScalarType.Float32).mean().item<float>(); // no padding there
        Assert.InRange(dropped, 0.35, 0.65);

        encoder.eval();
        maps = encoder.Forward(ids, mask, new LayerRange(1, 3)).AttentionMaps;
        TensorAssert.Near(ones(4, 2, 8), maps[0].sum(-1), 1e-5, "probabilities");
    }

    [Fact]
    public void Dropout_is_on_in_training_only_and_in_every_layer()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var encoder = new EncoderModule(SmallModel.Config, 0.5, 0.5);
        var (ids, mask) = SmallModel.Batch();
        Assert.True(Difference() > 0.1);
        encoder.eval();
        Assert.Equal(0, Difference());

        double Difference() => TensorAssert.LargestDifference(
            encoder.Forward(ids, mask).LastHiddenState, encoder.Forward(ids, mask).LastHiddenState);
    }

    [Fact]
    public void Attention_dropout_works_without_maps_too()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var encoder = new EncoderModule(SmallModel.Config with { InitializerRange = 0.5 }, 0, 0.5);
        var (ids, mask) = SmallModel.Batch();
        var one = encoder.Forward(ids, mask).LastHiddenState;
        Assert.True(TensorAssert.LargestDifference(one, encoder.Forward(ids, mask).LastHiddenState) > 0.01);
    }

    [Fact]
    public void Padding_changes_nothing()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var encoder = new EncoderModule(SmallModel.Config with { InitializerRange = 0.3 }, 0.1, 0.1);
        encoder.eval();
        var ids = arange(1, 6, ScalarType.Int64).reshape(1, 5);
        var padded = nn.functional.pad(ids, [0, 5]);
        var alone = encoder.Forward(ids, ones_like(ids)).LastHiddenState;
        var inBatch = encoder.Forward(padded, padded.ne(0)).LastHiddenState.narrow(1, 0, 5);
        TensorAssert.Near(alone, inBatch, 1e-5);
    }

    [Fact]
    public void BFloat16_is_near_float32_and_trains_float32_weights()
    {
        using var scope = NewDisposeScope();
        var (ids, mask) = SmallModel.Batch();
        var (exact, exactGradient) = Run(Precision.Float32);
        var (rounded, gradient) = Run(Precision.BFloat16);
        Assert.Equal(ScalarType.Float32, gradient.dtype);
        Assert.InRange(TensorAssert.LargestDifference(exact, rounded), 1e-6, 0.05);
        TensorAssert.NearLargest(exactGradient, gradient, 0.1, "gradient");

        (Tensor Output, Tensor Gradient) Run(Precision precision)
        {
            manual_seed(1);
            var encoder = new EncoderModule(SmallModel.Config with { InitializerRange = 0.2 }, 0, 0, precision);
            var output = encoder.Forward(ids, mask).LastHiddenState;
            output.square().mul(arange(16)).sum().backward();
            return (output, encoder.state_dict()[WeightNames.Layer(0).Query.Weight].grad!);
        }
    }

    [Fact]
    public void Too_long_sequences_and_layers_that_do_not_exist_are_refused()
    {
        using var scope = NewDisposeScope();
        using var encoder = new EncoderModule(SmallModel.Config, 0, 0);
        var ids = ones(1, 13, ScalarType.Int64);
        var tooLong = Assert.Throws<ArgumentException>(() => encoder.Forward(ids, ids));
        Assert.StartsWith("A sequence of 13 tokens is longer than the 12 this encoder takes.", tooLong.Message, StringComparison.Ordinal);
        ids = ids.narrow(1, 0, 4);
        var beyond = Assert.Throws<ArgumentException>(() => encoder.Forward(ids, ids, new LayerRange(3, 5)));
        Assert.StartsWith("The layers 3..5 do not exist in an encoder of 4 layers.", beyond.Message, StringComparison.Ordinal);
    }
}
