using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>MPNet (Song et al. 2020): no token types, positions counted from the row after 1, and in every layer's attention one bias table of distances.</summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/mpnet/modeling_mpnet.py</remarks>
internal sealed class Mpnet : ModelFamily
{
    // Whatever the config says of padding.
    private const int PositionPaddingId = 1;

    public override string ModelType => "mpnet";

    public override string ClassPrefix => "MPNet";

    public override int PadTokenId => 1;

    public override ConfigKeys Keys { get; } = new() { TypeVocabularySize = null, Constants = [ConfigKeys.Gelu] };

    public override FamilySettings DefaultSettings { get; } = new Settings(RelativeBias.Default.Buckets);

    public override WeightMap Names { get; } = new()
    {
        Prefix = "mpnet.",
        Modules =
        [
            ("attention.self.query", "attention.attn.q"),
            ("attention.self.key", "attention.attn.k"),
            ("attention.self.value", "attention.attn.v"),
            ("attention.output.dense", "attention.attn.o"),
            ("attention.output.LayerNorm", "attention.LayerNorm"),
        ],
        MaskedLanguageModelHead = new("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
    };

    public override EncoderPlan Plan(EncoderShape shape) => new()
    {
        Positions = new LearnedPositions(PositionPaddingId),
        TokenTypes = TokenTypes.None,
        RelativeBias = RelativeBias.Default with { TableRows = shape.SettingsAs<Settings>().BiasRows },
    };

    public override EncoderShape ReadConfig(ConfigReader json) => json.ReadShape(this) with
    {
        // The original computes 32 buckets always, whatever the size of the table.
        Settings = new Settings(json.Integer("relative_attention_num_buckets", RelativeBias.Default.Buckets, RelativeBias.Default.Buckets, 1 << 20)),
    };

    public override IEnumerable<(string Key, JsonNode? Value)> SettingsInConfig(EncoderShape shape) =>
        [("relative_attention_num_buckets", shape.SettingsAs<Settings>().BiasRows)];

    private sealed record Settings(int BiasRows) : FamilySettings;
}
