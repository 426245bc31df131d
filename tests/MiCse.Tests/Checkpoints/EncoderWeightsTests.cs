using MiCse.Checkpoints;

namespace MiCse.Tests.Checkpoints;

public class EncoderWeightsTests
{
    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("sharded/model.safetensors.index.json")]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model_forcl.bin")]
    [InlineData("oldstyle/pytorch_model.bin")]
    public void Every_file_variant_of_BERT_holds_the_same_weights(string file) => AssertSameAsModel("bert-random", file);

    [Theory]
    [InlineData("oldstyle/model.safetensors")]
    [InlineData("sharded/model.safetensors.index.json")]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model_forcl.bin")]
    public void Every_file_variant_of_RoBERTa_holds_the_same_weights(string file) => AssertSameAsModel("roberta-random", file);

    [Fact]
    public void Weights_point_into_the_memory_map()
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "model.safetensors"));
        var weights = EncoderWeights.From(checkpoint, BertConfig.Load(Fixture.Path("bert-random", "config.json")));
        var original = checkpoint.Tensors[WeightNames.WordEmbeddings];
        Assert.True(original.Bytes == weights[WeightNames.WordEmbeddings].Bytes);
    }

    private static void AssertSameAsModel(string model, string file)
    {
        var config = BertConfig.Load(Fixture.Path(model, "config.json"));
        using var expectedFile = Checkpoint.Open(Fixture.Path(model, "model.safetensors"));
        using var checkpoint = Checkpoint.Open(Fixture.Path([model, .. file.Split('/')]));
        var expected = EncoderWeights.From(expectedFile, config);
        var actual = EncoderWeights.From(checkpoint, config);
        foreach (var (name, tensor) in actual.Tensors.Where(tensor => !tensor.Key.StartsWith("mlp.", StringComparison.Ordinal)))
        {
            Assert.Equal(expected[name].Shape, tensor.Shape);
            Assert.True(expected[name].Bytes.SequenceEqual(tensor.Bytes), name);
        }

        Assert.True(actual.Tensors.Count >= expected.Tensors.Count - 2);
    }
}
