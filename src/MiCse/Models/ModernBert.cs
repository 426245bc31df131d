using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>
/// ModernBERT (Warner et al. 2024): rotary positions, LayerNorms before attention and feed-forward part, which is gated, and layers that attend to a window.
/// </summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.48.0/src/transformers/models/modernbert/modeling_modernbert.py</remarks>
internal sealed class ModernBert : ModelFamily
{
    private const string Global = "full_attention";
    private const string Local = "sliding_attention";

    public override string ModelType => "modernbert";

    public override string ClassPrefix => "ModernBert";

    public override int PadTokenId => 50_283;

    public override ConfigKeys Keys { get; } = new()
    {
        TypeVocabularySize = null,
        LayerNormEpsilon = "norm_eps",
        DefaultLayerNormEpsilon = 1e-5,
        HiddenDropout = "embedding_dropout",
        AttentionDropout = "attention_dropout",
        DefaultDropout = 0,
        Constants = [new("hidden_activation", "gelu", "the activation")],
    };

    public override FamilySettings DefaultSettings { get; } =
        new Settings(GlobalEvery: 3, LayerTypes: "", Window: 128, GlobalBase: 160_000, LocalBase: 10_000, Biases.None, NormBiases: false);

    public override WeightMap Names { get; } = new()
    {
        Prefix = "model.",
        Layers = "layers.",
        Sections = ["embeddings.", "layers.", "final_norm."],
        Modules =
        [
            ("embeddings.word_embeddings", "embeddings.tok_embeddings"),
            ("embeddings.LayerNorm", "embeddings.norm"),
            ("attention.self.query", "attn.Wqkv"),
            ("attention.self.key", "attn.Wqkv"),
            ("attention.self.value", "attn.Wqkv"),
            ("attention.output.dense", "attn.Wo"),
            ("attention.output.LayerNorm", "attn_norm"),
            ("intermediate.dense", "mlp.Wi"),
            ("gate.dense", "mlp.Wi"),
            ("output.dense", "mlp.Wo"),
            ("output.LayerNorm", "mlp_norm"),
            ("encoder.LayerNorm", "final_norm"),
        ],
        MaskedLanguageModelHead = new("head.dense", "head.norm", "decoder.bias") { TransformHasBias = false },
    };

    public override WeightMap NamesOf(EncoderShape shape) => Names with
    {
        MaskedLanguageModelHead = Names.MaskedLanguageModelHead! with { NormHasBias = shape.SettingsAs<Settings>().NormBiases },
    };

    public override EncoderPlan Plan(EncoderShape shape)
    {
        var settings = shape.SettingsAs<Settings>();
        return new EncoderPlan
        {
            Positions = null,
            Rotary = new RotaryPositions(layer => settings.IsGlobal(layer) ? settings.GlobalBase : settings.LocalBase),
            TokenTypes = TokenTypes.None,
            Biases = settings.Biases,
            Norm = NormPlacement.Before,
            NormsFirstInput = false,
            NormBiases = settings.NormBiases,
            FinalNorm = true,
            AttentionOutputDropout = DropoutRate.Attention,
            FeedForwardDropout = FeedForwardDropout.Inner,
            Gated = true,
            Window = layer => settings.IsGlobal(layer) ? null : settings.Window / 2,
        };
    }

    public override EncoderShape ReadConfig(ConfigReader json)
    {
        var shape = json.ReadShape(this);
        var global = json.Number("global_rope_theta", 160_000, IsBase, "a number from 1");
        // A local base that is there and null is the global one.
        var local = json.IsNull("local_rope_theta") ? global : json.Number("local_rope_theta", 10_000, IsBase, "a number from 1");
        var rotary = json.Section("rope_parameters"); // transformers 5
        var types = LayerTypes(json, shape.Layers);
        return shape with
        {
            Settings = new Settings(
                types.Length == 0 ? json.Integer("global_attn_every_n_layers", 3, 1, ConfigReader.MaximumLayers) : 3,
                types,
                json.Integer("local_attention", 128, 1, ConfigReader.MaximumWidth),
                Base(rotary?.Section(Global), global),
                Base(rotary?.Section(Local), local),
                (json.Flag("attention_bias", false) ? Biases.Attention : 0) | (json.Flag("mlp_bias", false) ? Biases.FeedForward : 0),
                json.Flag("norm_bias", false)),
        };
    }

    public override IEnumerable<(string Key, JsonNode? Value)> SettingsInConfig(EncoderShape shape)
    {
        var settings = shape.SettingsAs<Settings>();
        return
        [
            ("global_attn_every_n_layers", settings.LayerTypes.Length == 0 ? settings.GlobalEvery : null),
            ("layer_types", new JsonArray([.. Enumerable.Range(0, shape.Layers).Select(layer => (JsonNode)(settings.IsGlobal(layer) ? Global : Local))])),
            ("local_attention", settings.Window),
            ("global_rope_theta", settings.GlobalBase),
            ("local_rope_theta", settings.LocalBase),
            ("rope_parameters", new JsonObject { [Global] = Rotary(settings.GlobalBase), [Local] = Rotary(settings.LocalBase) }),
            ("attention_bias", settings.Biases.HasFlag(Biases.Attention)),
            ("mlp_bias", settings.Biases.HasFlag(Biases.FeedForward)),
            ("norm_bias", settings.NormBiases),
            ("mlp_dropout", shape.HiddenDropout),
        ];
    }

    /// <summary>A letter a layer, g for global and l for local; empty where every n-th layer is global.</summary>
    private static string LayerTypes(ConfigReader json, int layers)
    {
        if (json.Texts("layer_types") is not { } types)
        {
            return "";
        }

        var letters = string.Concat(types.Select(type => type == Global ? 'g' : type == Local ? 'l' : '?'));
        if (letters.Contains('?', StringComparison.Ordinal) || letters.Length != layers)
        {
            json.Refuse($"layer_types is not a list of {layers} times \"{Global}\" or \"{Local}\"");
        }

        var every = json.Integer("global_attn_every_n_layers", 3, 1, ConfigReader.MaximumLayers);
        return letters == string.Concat(Enumerable.Range(0, layers).Select(layer => layer % every == 0 ? 'g' : 'l')) ? "" : letters;
    }

    private static double Base(ConfigReader? rotary, double absent)
    {
        rotary?.Expect(new("rope_type", "default", "the kind of rotation"));
        return rotary?.Number("rope_theta", absent, IsBase, "a number from 1") ?? absent;
    }

    private static bool IsBase(double value) => value is >= 1 and < 1e30;

    private static JsonObject Rotary(double rotaryBase) => new() { ["rope_type"] = "default", ["rope_theta"] = rotaryBase };

    /// <summary>What its config.json has besides the usual.</summary>
    /// <param name="GlobalEvery">Layers 0, n, 2n, … attend to the whole text, where <paramref name="LayerTypes"/> is empty.</param>
    /// <param name="LayerTypes">A letter a layer: g attends to the whole text, l to a window.</param>
    /// <param name="Window">Tokens of a window, both sides together.</param>
    /// <param name="GlobalBase">Base of the rotation in layers that attend to the whole text.</param>
    /// <param name="LocalBase">In the others.</param>
    /// <param name="Biases">Linear layers with biases.</param>
    /// <param name="NormBiases">Whether LayerNorms have biases.</param>
    private sealed record Settings(int GlobalEvery, string LayerTypes, int Window, double GlobalBase, double LocalBase, Biases Biases, bool NormBiases) : FamilySettings
    {
        public bool IsGlobal(int layer) => layer < LayerTypes.Length ? LayerTypes[layer] == 'g' : layer % GlobalEvery == 0;
    }
}
