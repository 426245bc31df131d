using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Tests.Weights;

public class EncoderWeightsTests
{
    private static readonly EncoderShape Config = EncoderShape.Load(Fixture.Path("bert-random", "config.json"));

    [Theory]
    [InlineData("sharded/model.safetensors.index.json", true)]
    [InlineData("pytorch_model.bin", true)]
    [InlineData("pytorch_model_forcl.bin", false)]
    [InlineData("oldstyle/pytorch_model.bin", true)]
    public void Every_file_variant_of_BERT_holds_the_same_weights(string file, bool hasPooler) => AssertSameAsModel("bert-random", file, hasPooler);

    [Theory]
    [InlineData("oldstyle/model.safetensors", true)]
    [InlineData("sharded/model.safetensors.index.json", true)]
    [InlineData("pytorch_model.bin", true)]
    [InlineData("pytorch_model_forcl.bin", false)]
    public void Every_file_variant_of_RoBERTa_holds_the_same_weights(string file, bool hasPooler) => AssertSameAsModel("roberta-random", file, hasPooler);

    [Theory]
    [InlineData("bert-random")]
    [InlineData("roberta-random")]
    public void The_training_head_is_the_same_inside_and_beside(string model)
    {
        var config = EncoderShape.Load(Fixture.Path(model, "config.json"));
        using var together = Checkpoint.Open(Fixture.Path(model, "pytorch_model_forcl.bin"));
        using var encoder = Checkpoint.Open(Fixture.Path(model, "model.safetensors"));
        using var head = Checkpoint.Open(Fixture.Path(model, "mlp.safetensors"));
        var expected = EncoderWeights.From(together, config);
        var actual = EncoderWeights.From(encoder.Tensors.Concat(head.Tensors).ToDictionary(), config, model);
        Assert.True(actual.HasProjectionHead && expected.HasProjectionHead && actual.HasPooler && !expected.HasPooler);
        Assert.Equal(expected[WeightNames.ProjectionHead.Weight].ToSingles(), actual[WeightNames.ProjectionHead.Weight].ToSingles());
        Assert.Equal(expected[WeightNames.ProjectionHead.Bias].ToSingles(), actual[WeightNames.ProjectionHead.Bias].ToSingles());
    }

    [Fact]
    public void Weights_point_into_the_memory_map()
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "model.safetensors"));
        var weights = EncoderWeights.From(checkpoint, Config);
        Assert.All(weights.Tensors, weight => Assert.True(weight.Value.Bytes == checkpoint.Tensors[weight.Key].Bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bert.")]
    [InlineData("module.bert.")]
    [InlineData("0.auto_model.")]
    [InlineData("encoder.")]
    public void Any_prefix_is_taken_off(string prefix)
    {
        var tensors = Model().ToDictionary(tensor => prefix + tensor.Key, tensor => tensor.Value);
        tensors["cls.predictions.bias"] = Tensor([512]);
        tensors["mlp.dense.weight"] = Tensor([64, 64]);
        tensors["mlp.dense.bias"] = Tensor([64]);
        tensors[prefix + "embeddings.position_ids"] = new Tensor("", TensorType.Int64, [1, 64], new byte[512]);
        var weights = EncoderWeights.From(tensors, Config, "test");
        Assert.Equal(Model().Keys.Append("mlp.dense.weight").Append("mlp.dense.bias").Order(), weights.Tensors.Keys.Order());
    }

    [Fact]
    public void Every_offender_is_listed_or_counted()
    {
        var tensors = Model();
        var missing = tensors.Keys.Where(name => name.StartsWith("encoder.layer.2.", StringComparison.Ordinal)).ToList();
        missing.ForEach(name => tensors.Remove(name));
        tensors["embeddings.LayerNorm.bias"] = Tensor([63]);
        tensors["encoder.layer.1.output.dense.weight"] = Tensor([128, 64]);
        tensors["encoder.layer.0.output.dense.bias"] = new Tensor("", TensorType.Int64, [64], new byte[512]);
        tensors["encoder.layer.0.attention.self.distance_embedding.weight"] = Tensor([127, 16]);
        AssertRefused(
            tensors,
            "16 keys (encoder.layer.2.attention.self.query.weight, ",
            ", …) are missing",
            "2 keys (embeddings.LayerNorm.bias is [63], expected [64], encoder.layer.1.output.dense.weight is [128, 64], expected [64, 128]) have another shape",
            "1 key (encoder.layer.0.output.dense.bias is Int64) is not floating-point",
            "1 key (encoder.layer.0.attention.self.distance_embedding.weight) is not part of such an encoder");
    }

    [Fact]
    public void Another_vocabulary_size_is_said_as_such()
    {
        var tensors = Model();
        tensors[WeightNames.WordEmbeddings] = Tensor([500, 64]);
        AssertRefused(tensors, "the vocabulary has another size: vocab_size is 512, but embeddings.word_embeddings.weight has 500 rows");
    }

    [Fact]
    public void More_layers_than_configured_are_refused()
    {
        var tensors = Model();
        tensors["encoder.layer.7.output.dense.bias"] = Tensor([64]);
        AssertRefused(tensors, "num_hidden_layers is 6, but the file has 8 layers");
    }

    [Fact]
    public void Half_a_head_is_missing_the_other_half()
    {
        var tensors = Model();
        tensors["mlp.dense.weight"] = Tensor([64, 64]);
        AssertRefused(tensors, "1 key (mlp.dense.bias) is missing");
    }

    [Fact]
    public void A_weight_under_two_names_is_refused()
    {
        var tensors = Model();
        tensors["embeddings.LayerNorm.gamma"] = Tensor([64]);
        AssertRefused(tensors, "holds 'embeddings.LayerNorm.weight' twice");
    }

    [Fact]
    public void Two_encoders_are_refused() =>
        AssertRefused(
            Model().SelectMany(tensor => new[] { KeyValuePair.Create("student." + tensor.Key, tensor.Value), KeyValuePair.Create("teacher." + tensor.Key, tensor.Value) }).ToDictionary(),
            "holds 2 encoders (with the prefixes 'student.', 'teacher.')");

    [Fact]
    public void Without_word_embeddings_the_layers_tell_the_prefix()
    {
        var tensors = Model().ToDictionary(tensor => "bert." + tensor.Key, tensor => tensor.Value);
        tensors.Remove("bert." + WeightNames.WordEmbeddings);
        AssertRefused(tensors, "1 key (embeddings.word_embeddings.weight) is missing");
    }

    private static void AssertRefused(IReadOnlyDictionary<string, Tensor> tensors, params string[] expected)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => EncoderWeights.From(tensors, Config, "test"));
        Assert.All(expected, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    private static Dictionary<string, Tensor> Model() => WeightNames.Required(Config).ToDictionary(weight => weight.Name, weight => Tensor(weight.Shape));

    private static Tensor Tensor(long[] shape) => new("", TensorType.Float32, shape, new byte[TensorShape.ByteCount(shape, TensorType.Float32)!.Value]);

    private static void AssertSameAsModel(string model, string file, bool hasPooler)
    {
        var config = EncoderShape.Load(Fixture.Path(model, "config.json"));
        using var expectedFile = Checkpoint.Open(Fixture.Path(model, "model.safetensors"));
        using var checkpoint = Checkpoint.Open(Fixture.Path([model, .. file.Split('/')]));
        var expected = EncoderWeights.From(expectedFile, config);
        var actual = EncoderWeights.From(checkpoint, config);
        Assert.Equal(hasPooler, actual.HasPooler);
        foreach (var (name, tensor) in expected.Tensors.Where(tensor => hasPooler || !tensor.Key.StartsWith("pooler.", StringComparison.Ordinal)))
        {
            Assert.Equal(tensor.Shape, actual[name].Shape);
            Assert.True(tensor.Bytes.SequenceEqual(actual[name].Bytes), name);
        }
    }
}
