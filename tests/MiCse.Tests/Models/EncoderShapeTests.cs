using MiCse.Files;
using MiCse.Models;
using MiCse.Tests.Data;

namespace MiCse.Tests.Models;

public sealed class EncoderShapeTests : IDisposable
{
    private const string Sizes =
        """ "vocab_size": 100, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20, "max_position_embeddings": 32 """;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("bert-random")]
    [InlineData("roberta-random")]
    public void What_is_written_is_read_back(string model)
    {
        var config = EncoderShape.Load(Fixture.Path(model, "config.json"));
        Assert.Equal(config, Load(config.ToJson()));
    }

    [Fact]
    public void RoBERTa_is_read_with_its_constants()
    {
        var config = EncoderShape.Load(Fixture.Path("roberta-random", "config.json"));
        Assert.Equal("roberta", config.ModelType);
        Assert.Equal(0.01, config.LayerNormEpsilon);
        Assert.Equal((24, 3, 3, 40, 512), (config.HiddenSize, config.Layers, config.Heads, config.IntermediateSize, config.VocabularySize));
        Assert.Equal(40, config.MaxTokens);
        Assert.Equal(8, config.HeadSize);
    }

    [Theory]
    [InlineData("bert", 0)]
    [InlineData("roberta", 1)]
    public void Absent_keys_have_the_defaults_of_transformers(string type, int padding)
    {
        var config = Load($$"""{ "model_type": "{{type}}", {{Sizes}} }""");
        Assert.Equal(padding, config.PadTokenId);
        Assert.Equal(1e-12, config.LayerNormEpsilon);
        Assert.Equal(2, config.TypeVocabularySize);
    }

    [Fact]
    public void A_config_from_before_model_type_tells_by_its_class() =>
        Assert.Equal("roberta", Load($$"""{ "architectures": ["RobertaForMaskedLM"], {{Sizes}} }""").ModelType);

    [Theory]
    [InlineData("""{ "model_type": "t5" }""", "model_type is 't5'", "vocab_size is missing", "max_position_embeddings is missing")]
    [InlineData("""{ "model_type": "bert", "hidden_act": "gelu_new", "position_embedding_type": "relative_key", SIZES }""",
        "hidden_act is \"gelu_new\"", "position_embedding_type is \"relative_key\"")]
    [InlineData("""{ "model_type": "bert", SIZES, "layer_norm_eps": 0, "hidden_dropout_prob": 1 }""", "layer_norm_eps is 0", "hidden_dropout_prob is 1")]
    [InlineData("""{ "architectures": ["XLNetModel"], SIZES }""", "model_type is 'XLNetModel'")]
    [InlineData("""{ "model_type": "bert", SIZES, "is_decoder": true }""", "is_decoder")]
    [InlineData("""{ "model_type": "bert", SIZES, "pad_token_id": 100 }""", "pad_token_id 100 is not below vocab_size 100")]
    [InlineData("""{ "model_type": "bert", SIZES, "pad_token_id": "0" }""", "pad_token_id is \"0\"")]
    [InlineData("[]", "is a JSON Array")]
    [InlineData("{", "is not JSON")]
    public void Everything_wrong_is_listed(string json, params string[] expected)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Load(json.Replace("SIZES", Sizes, StringComparison.Ordinal)));
        Assert.All(expected, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"hidden_size\": 12", "\"hidden_size\": 13", "hidden_size 13 is not a multiple of num_attention_heads 3")]
    [InlineData("\"hidden_size\": 12", "\"hidden_size\": -12", "hidden_size is -12")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1e99", "num_hidden_layers is 1e99")]
    [InlineData("\"vocab_size\": 100", "\"vocab_size\": 99999999999", "vocab_size is 99999999999")]
    [InlineData("\"vocab_size\": 100", "\"vocab_size\": 90000000", "takes more than the 2 GB")]
    [InlineData("\"max_position_embeddings\": 32", "\"max_position_embeddings\": 1", "leaves no room")]
    public void A_senseless_size_is_named(string good, string bad, string expected)
    {
        var json = $$"""{ "model_type": "bert", {{Sizes.Replace(good, bad, StringComparison.Ordinal)}} }""";
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Load(json)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private EncoderShape Load(string json)
    {
        File.WriteAllText(_folder.File("config.json"), json);
        return EncoderShape.Load(_folder.File("config.json"));
    }
}
