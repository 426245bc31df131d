using MiCse.Files;
using MiCse.Models;
using MiCse.Tests.Data;

namespace MiCse.Tests.Models;

public sealed class ModelFamilyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_unknown_type_is_refused_with_those_that_are_known()
    {
        File.WriteAllText(_folder.File("config.json"), """{ "model_type": "t5" }""");
        Assert.Contains(
            "model_type is 't5' (supported are bert, distilbert, roberta, xlm-roberta, mpnet, modernbert, nomic_bert, albert and electra)",
            Assert.Throws<ModelFormatException>(() => EncoderShape.Load(_folder.File("config.json"))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "'t5' is no model type that is supported; supported are bert, distilbert, roberta, xlm-roberta, mpnet, modernbert, nomic_bert, albert and electra.",
            Assert.Throws<ArgumentException>(() => new EncoderShape("t5") { VocabularySize = 1, HiddenSize = 1, Layers = 1, Heads = 1, IntermediateSize = 1, MaxPositions = 1 }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Types_and_class_names_are_unambiguous()
    {
        Assert.Equal(ModelFamily.All.Count, ModelFamily.All.Select(family => family.ModelType).Distinct().Count());
        Assert.All(ModelFamily.All, family => Assert.Single(ModelFamily.All, other => family.ClassPrefix.StartsWith(other.ClassPrefix, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[CLS]", "bert")]
    [InlineData("<s>", "roberta")]
    [InlineData("<cls>", "bert")]
    public void A_fresh_model_is_of_the_family_of_its_tokenizer(string start, string modelType) =>
        Assert.Equal(modelType, ModelFamily.OfTokenizer(start).ModelType);

    [Fact]
    public void A_family_reads_and_writes_its_own_keys()
    {
        var path = _folder.File("config.json");
        var shape = Shape(FakeFamily.Instance) with { LayerNormEpsilon = 0.25, HiddenDropout = 0 };
        File.WriteAllText(path, shape.ToJson("ForMaskedLM"));
        Assert.Equal(shape, ConfigReader.Read(path, [.. ModelFamily.All, FakeFamily.Instance]));
        Assert.Contains("\"FakeForMaskedLM\"", File.ReadAllText(path), StringComparison.Ordinal);

        File.WriteAllText(path, """{ "model_type": "fake", "vocab_size": 9, "width": 5, "colour": "red", "num_attention_heads": 2, "intermediate_size": 6 }""");
        var refusal = Assert.Throws<ModelFormatException>(() => ConfigReader.Read(path, [FakeFamily.Instance]));
        Assert.EndsWith(
            "depth is missing; max_position_embeddings is missing; colour is \"red\" (the colour supported is \"green\")", refusal.Message, StringComparison.Ordinal);
    }

    private static EncoderShape Shape(ModelFamily family) =>
        new(family) { VocabularySize = 9, HiddenSize = 4, Layers = 1, Heads = 2, IntermediateSize = 6, MaxPositions = 8 };
}
