using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Inference;
using MiCse.Weights;

namespace MiCse.Tests.Weights;

/// <summary>Names that a family spells otherwise than the canonical ones.</summary>
public class CheckpointNamesTests
{
    private static readonly EncoderShape Shape =
        new(FakeFamily.Instance) { VocabularySize = 9, HiddenSize = 4, Layers = 2, Heads = 2, IntermediateSize = 6, MaxPositions = 8 };

    private static readonly CheckpointNames Names = new(FakeFamily.Instance.Names);

    [Fact]
    public void A_file_has_the_names_of_its_family()
    {
        var file = Names.ToFile(RandomEncoder.Weights(Shape, 1).Tensors.Select(tensor => tensor.Value.WithName(tensor.Key))).Select(tensor => tensor.Name);
        Assert.Equal(
            [
                "blocks.0.attention.output.LayerNorm.bias", "blocks.0.attention.output.LayerNorm.weight", "blocks.0.attention.output.dense.weight",
                "blocks.0.back.bias", "blocks.0.back.weight", "blocks.0.intermediate.dense.bias", "blocks.0.intermediate.dense.weight",
                "blocks.0.output.LayerNorm.bias", "blocks.0.output.LayerNorm.weight", "blocks.0.qkv.weight",
            ],
            file.Where(name => name.StartsWith("blocks.0.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Stacked_weights_are_taken_apart_by_rows()
    {
        float[] rows = [.. Enumerable.Range(0, 12 * 4).Select(index => (float)index)];
        var file = Names.ToFile(RandomEncoder.Weights(Shape, 1).Tensors.Select(tensor => tensor.Value.WithName(tensor.Key)))
            .Select(tensor => tensor.Name == "blocks.1.qkv.weight" ? Tensor.From(tensor.Name, tensor.Shape, rows) : tensor);
        var weights = EncoderWeights.From(file.ToDictionary(tensor => "fake." + tensor.Name), Shape, "file");
        Assert.Equal(rows[..16], weights[WeightNames.Layer(1).Query.Weight].ToSingles());
        Assert.Equal(rows[16..32], weights[WeightNames.Layer(1).Key.Weight].ToSingles());
        Assert.Equal(rows[32..], weights[WeightNames.Layer(1).Value.Weight].ToSingles());
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var before = RandomEncoder.Weights(Shape, 1).Tensors;
        // In an order that is not that of the parts.
        var file = Names.ToFile(before.Reverse().Select(tensor => tensor.Value.WithName(tensor.Key))).ToDictionary(tensor => tensor.Name);
        var after = EncoderWeights.From(file, Shape, "file").Tensors;
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, tensor => Assert.Equal(tensor.Value.ToSingles(), after[tensor.Key].ToSingles()));
    }

    [Fact]
    public void Messages_have_the_names_of_the_file()
    {
        var file = Names.ToFile(RandomEncoder.Weights(Shape, 1).Tensors.Select(tensor => tensor.Value.WithName(tensor.Key))).ToDictionary(tensor => tensor.Name);
        file.Remove("table.words.weight");
        file["blocks.0.qkv.weight"] = Tensor.From("blocks.0.qkv.weight", [10, 4], new float[40]);
        file["blocks.0.back.scale"] = Tensor.From("blocks.0.back.scale", [1], new float[1]);
        file["table.count"] = Tensor.From("table.count", [1], new float[1]);
        file["guess.shift"] = Tensor.From("guess.shift", [9], new float[9]);
        var message = Assert.Throws<ModelFormatException>(() => EncoderWeights.From(file, Shape, "file")).Message;
        Assert.Contains("1 key (table.words.weight) is missing", message, StringComparison.Ordinal);
        Assert.Contains("blocks.0.qkv.weight is [3, 4], expected [4, 4]", message, StringComparison.Ordinal);
        Assert.Contains("1 key (blocks.0.back.scale) is not part of such an encoder", message, StringComparison.Ordinal);
    }
}
