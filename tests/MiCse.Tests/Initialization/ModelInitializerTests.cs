using System.Security.Cryptography;
using MiCse.Files;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests.Data;

namespace MiCse.Tests.Initialization;

public sealed class ModelInitializerTests : IDisposable
{
    private static readonly ModelSize Small = new(Layers: 2, HiddenSize: 40, Heads: 4) { MaxTokens = 32 };

    private readonly TemporaryFolder _folder = new();

    public ModelInitializerTests()
    {
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        File.WriteAllLines(_folder.File("vocab.txt"), special.Concat(Enumerable.Range(0, 495).Select(word => $"word{word}")));
    }

    [Fact]
    public void The_folder_holds_a_BERT_of_the_size_asked_for()
    {
        var parameters = Write("model", Small, 1);
        using var checkpoint = ModelFolder.Open(_folder.File("model")).OpenCheckpoint();
        var config = EncoderShape.Load(_folder.File("model/config.json"));
        Assert.Equal(("bert", 500, 40, 2, 4, 160, 32), (config.ModelType, config.VocabularySize, config.HiddenSize, config.Layers, config.Heads, config.IntermediateSize, config.MaxPositions));
        Assert.Equal(checkpoint.Tensors.Values.Sum(tensor => tensor.ElementCount), parameters);
        Assert.Equal(((500 + 32 + 2 + 2) * 40) + (2 * ((4 * ((40 * 40) + 40)) + (2 * 160 * 40) + 160 + 40 + 160)), parameters);
    }

    [Fact]
    public void Weights_start_as_those_of_BERT()
    {
        Write("model", Small, 1);
        using var checkpoint = ModelFolder.Open(_folder.File("model")).OpenCheckpoint();
        var words = checkpoint.Tensors[WeightNames.WordEmbeddings].ToSingles();
        Assert.All(words[..40], value => Assert.Equal(0, value));
        Assert.Equal(0.02, Math.Sqrt(words[40..].Average(value => (double)value * value)), 0.001);
        Assert.Equal(0, words[40..].Average(), 0.001);
        Assert.All(checkpoint.Tensors[WeightNames.Layer(1).OutputNorm.Weight].ToSingles(), value => Assert.Equal(1, value));
        Assert.All(checkpoint.Tensors[WeightNames.Layer(1).Query.Bias].ToSingles(), value => Assert.Equal(0, value));
        Assert.DoesNotContain(WeightNames.Pooler.Weight, checkpoint.Tensors.Keys);
    }

    [Fact]
    public void RoBERTa_has_a_row_of_zeros_for_the_position_of_padding()
    {
        var config = EncoderShape.Load(Fixture.Path("roberta-random", "config.json"));
        var positions = ModelInitializer.Weights(config, 1).Single(weight => weight.Name == WeightNames.PositionEmbeddings);
        using var bytes = new MemoryStream();
        positions.WriteTo(bytes);
        Assert.All(bytes.ToArray()[(24 * 4)..(48 * 4)], value => Assert.Equal(0, value));
        Assert.NotEqual(0, bytes.ToArray()[(24 * 4) - 1]);
    }

    [Fact]
    public void A_seed_is_a_model_on_every_machine()
    {
        Write("a", Small, 42);
        Write("b", Small, 43);
        Assert.Equal("fb8db51139d774b8e3c01bc0cb008cc8", Hash("a"));
        Assert.NotEqual(Hash("a"), Hash("b"));
    }

    [Fact]
    public void A_size_that_makes_no_model_is_refused()
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Write("model", Small with { Heads = 3, Layers = 2 }, 1));
        Assert.Contains("hidden_size 40 is not a multiple of num_attention_heads 3", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("model")));
    }

    public void Dispose() => _folder.Dispose();

    private long Write(string name, ModelSize shape, long seed) =>
        ModelInitializer.Write(_folder.File(name), _folder.Path, shape, seed, cancellationToken: TestContext.Current.CancellationToken);

    private string Hash(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder.File(name + "/model.safetensors"))))[..32];
}
