using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;

namespace MiCse.Tests.ModelFolders;

/// <summary>Modules after the pooling: what they compute against plain loops, and damaged ones.</summary>
public sealed class ModuleFileTests : IDisposable
{
    private const int Hidden = 16;

    private readonly TemporaryFolder _folder = new();
    private readonly SmallModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Model => _model.Path;

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("torch.nn.modules.linear.Identity")]
    [InlineData("torch.nn.modules.activation.Tanh")]
    [InlineData("torch.nn.modules.activation.ReLU")]
    [InlineData("torch.nn.modules.activation.GELU")]
    [InlineData("torch.nn.modules.activation.SiLU")]
    [InlineData("torch.nn.modules.activation.Sigmoid")]
    public void A_dense_layer_and_a_layer_norm_are_those_of_the_formula(string activation)
    {
        var pooled = Encode();
        var (weight, bias) = (Numbers(5 * Hidden, 1), Numbers(5, 2));
        var (scale, shift) = (Numbers(5, 3), Numbers(5, 4));
        WriteDense(activation, Tensor.From("linear.weight", [5, Hidden], weight), Tensor.From("linear.bias", [5], bias));
        WriteFile("3_LayerNorm", """{"dimension": 5}""", Tensor.From("norm.weight", [5], scale), Tensor.From("norm.bias", [5], shift));
        WriteModules("Dense", "LayerNorm", "Dropout");

        double[] dense = [.. Enumerable.Range(0, 5).Select(row => Activated(bias[row] + pooled.Select((value, d) => (double)value * weight[(row * Hidden) + d]).Sum()))];
        var (mean, variance) = (dense.Average(), dense.Average(value => (value - dense.Average()) * (value - dense.Average())));
        Close.Assert(dense.Select((value, d) => ((value - mean) / Math.Sqrt(variance + 1e-5) * scale[d]) + shift[d]), Encode().Select(value => (double)value), 1e-4);

        double Activated(double x) => activation[(activation.LastIndexOf('.') + 1)..] switch
        {
            "Identity" => x,
            "Tanh" => Math.Tanh(x),
            "ReLU" => Math.Max(0, x),
            "GELU" => Inference.SlowEncoder.Gelu(x),
            "SiLU" => x / (1 + Math.Exp(-x)),
            _ => 1 / (1 + Math.Exp(-x)),
        };
    }

    [Fact]
    public void A_bin_file_is_read_where_there_are_no_safetensors()
    {
        var path = Fixture.Shared("fixtures", "families", "chains", "mean-dense-bin");
        Assert.Equal(2, ModelFolder.Open(path).ReadModuleWeights().Count);
    }

    public static TheoryData<string, string> Configs => new()
    {
        { """{"out_features":5}""", "2_Dense/config.json: in_features is missing; expected is a whole number" },
        { """{"in_features":0,"out_features":5}""", "in_features is 0; expected is a whole number from 1 to" },
        { """{"in_features":16,"out_features":1e12}""", "out_features is 1e12" },
        { """{"in_features":16,"out_features":"5"}""", "out_features is \"5\"" },
        { """{"in_features":8,"out_features":5}""", "the module Dense takes vectors of 8 dimensions, but those before it have 16" },
        { """{"in_features":16,"out_features":5,"activation_function":"torch.nn.modules.activation.Softmax2d"}""", "activation_function is 'torch.nn.modules.activation.Softmax2d'; supported are" },
        { """{"in_features":16,"out_features":5,"activation_function":"my_code.Tanh"}""", "activation_function is 'my_code.Tanh'" },
        { """{"in_features":16,"out_features":5,"activation_function":7}""", "activation_function is 7; expected is a string" },
        { """{"in_features":16,"out_features":5,"module_input_name":"token_embeddings"}""", "is a Dense of 'token_embeddings'" },
        { "[]", "is a JSON Array; expected is an Object" },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void Settings_that_make_no_sense_are_refused_in_a_sentence(string config, string expected)
    {
        WriteFile("2_Dense", config, Tensor.From("linear.weight", [5, Hidden], Numbers(5 * Hidden, 1)), Tensor.From("linear.bias", [5], Numbers(5, 2)));
        WriteModules("Dense");
        AssertRefused(expected);
    }

    public static TheoryData<string, string> Weights => new()
    {
        { "none", "2_Dense: has no weights; expected is one of model.safetensors, pytorch_model.bin" },
        { "no bias", "has no tensor 'linear.bias'; expected is one of [5]" },
        { "transposed", "'linear.weight' is [16, 5]; expected is [5, 16] as config.json says" },
        { "integers", "'linear.bias' is of the type Int64; expected are floating-point numbers" },
        { "damaged", "2_Dense" },
    };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Weights_that_do_not_fit_are_refused_in_a_sentence(string damage, string expected)
    {
        var (weight, bias) = (Tensor.From("linear.weight", [5, Hidden], Numbers(5 * Hidden, 1)), Tensor.From("linear.bias", [5], Numbers(5, 2)));
        const string Activation = "torch.nn.modules.activation.Tanh";
        switch (damage)
        {
            case "none":
                WriteDense(Activation);
                File.Delete(Path.Combine(Model, "2_Dense", "model.safetensors"));
                break;
            case "no bias":
                WriteDense(Activation, weight);
                break;
            case "transposed":
                WriteDense(Activation, Tensor.From("linear.weight", [Hidden, 5], Numbers(5 * Hidden, 1)), bias);
                break;
            case "integers":
                WriteDense(Activation, weight, StaticFolder.Of("linear.bias", TensorType.Int64, [5], 1L, 2L, 3L, 4L, 5L));
                break;
            default:
                WriteDense(Activation, weight, bias);
                File.WriteAllBytes(Path.Combine(Model, "2_Dense", "model.safetensors"), [1, 2, 3]);
                break;
        }

        WriteModules("Dense");
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("[]", "names no module")]
    [InlineData("Pooling", "'sentence_transformers.models.Pooling' as number 0")]
    [InlineData("Transformer,Dense", "'sentence_transformers.models.Dense' as number 1")]
    [InlineData("Transformer,Normalize,Pooling", "'sentence_transformers.models.Normalize' as number 1")]
    [InlineData("Transformer,Pooling,Pooling", "'sentence_transformers.models.Pooling' as number 2")]
    [InlineData("Transformer,Transformer", "'sentence_transformers.models.Transformer' as number 1")]
    [InlineData("Transformer,WeightedLayerPooling", "'sentence_transformers.models.WeightedLayerPooling' as number 1")]
    [InlineData("Transformer,Pooling,CNN", "'sentence_transformers.models.CNN' as number 2")]
    [InlineData("StaticEmbedding,Pooling", "'sentence_transformers.models.Pooling' as number 1")]
    public void An_order_without_a_meaning_is_refused(string modules, string expected)
    {
        StaticFolder.WriteModules(Model, modules == "[]" ? [] : [.. modules.Split(',').Select((module, index) => (module, index == 0 ? "" : "1_Pooling"))]);
        AssertRefused(expected);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-0.5")]
    [InlineData("\"0.1\"")]
    public void A_dropout_that_is_no_probability_is_refused(string rate)
    {
        WriteFile("2_Dropout", $$"""{"dropout": {{rate}}}""");
        WriteModules("Dropout");
        AssertRefused($"dropout is {rate}; expected is a probability below 1");
    }

    [Fact]
    public void A_given_pooling_must_fit_the_modules()
    {
        var path = Fixture.Shared("fixtures", "families", "chains", "concatenated-truncated");
        Assert.Contains(
            "Pooling is mean, but the module Dense takes vectors of 36 dimensions, but those before it have 12",
            Assert.Throws<ArgumentException>(() => SentenceEncoder.Load(path, new SentenceEncoderOptions { Pooling = Pooling.Mean })).Message,
            StringComparison.Ordinal);
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private void WriteDense(string activation, params Tensor[] tensors) =>
        WriteFile("2_Dense", $$"""{"in_features":{{Hidden}},"out_features":5,"bias":true,"activation_function":{{JsonSerializer.Serialize(activation)}}}""", tensors);

    private void WriteFile(string module, string config, params Tensor[] tensors)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Model, module)).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, null, Token);
    }

    private void WriteModules(params string[] later) =>
        StaticFolder.WriteModules(Model, [("Transformer", ""), ("Pooling", "1_Pooling"), .. later.Select((module, index) => (module, $"{index + 2}_{module}"))]);

    private float[] Encode()
    {
        using var encoder = SentenceEncoder.Load(Model);
        return encoder.Encode("the cat sat", Token);
    }

    private void AssertRefused(string expected) => Assert.Contains(
        expected, Assert.Throws<ModelFormatException>(() => SentenceEncoder.Load(Model)).Message.Replace('\\', '/'), StringComparison.Ordinal);
}
