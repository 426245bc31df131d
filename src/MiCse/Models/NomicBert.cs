using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>NomicBERT (Nussbaum et al. 2024): BERT with rotary positions and a feed-forward part that is gated with SiLU.</summary>
/// <remarks>https://github.com/nomic-ai/contrastors/blob/main/src/contrastors/models/huggingface/modeling_hf_nomic_bert.py</remarks>
internal sealed class NomicBert : ModelFamily
{
    /// <summary>Hidden units of a gated feed-forward part come in so many.</summary>
    private const int UnitsAtATime = 256;

    private const string OriginalCode = "nomic-ai/nomic-bert-2048--";

    public override string ModelType => "nomic_bert";

    public override string ClassPrefix => "NomicBert";

    public override ConfigKeys Keys { get; } = new()
    {
        HiddenSize = "n_embd",
        Layers = "n_layer",
        Heads = "n_head",
        IntermediateSize = "n_inner",
        DefaultIntermediateSize = hidden => Math.Max(1, 8 * hidden / 3),
        MaxPositions = "n_positions",
        TypeVocabularySize = null, // may be 0, see ReadConfig
        LayerNormEpsilon = "layer_norm_epsilon",
        DefaultLayerNormEpsilon = 1e-5,
        HiddenDropout = "resid_pdrop",
        AttentionDropout = "attn_pdrop",
        Constants =
        [
            new("activation_function", "swiglu", "the activation"),
            new("prenorm", false, "the value"),
            new("causal", false, "the value"),
            new("use_rms_norm", false, "the value"),
            new("parallel_block", false, "the value"),
            new("scale_attn_weights", true, "the value"),
            new("rotary_emb_interleaved", false, "the value"),
            new("rotary_emb_fraction", 1.0, "the value"),
            new("moe_every_n_layers", 0, "the value"),
        ],
    };

    public override FamilySettings DefaultSettings { get; } = new Settings(RotaryBase: 10_000, Scaling: null, Biases.All);

    public override WeightMap Names { get; } = new()
    {
        Prefix = "bert.",
        Layers = "encoder.layers.",
        Sections = ["embeddings.", "emb_ln.", "encoder."],
        Modules =
        [
            ("embeddings.LayerNorm", "emb_ln"),
            ("attention.self.query", "attn.Wqkv"),
            ("attention.self.key", "attn.Wqkv"),
            ("attention.self.value", "attn.Wqkv"),
            ("attention.output.dense", "attn.out_proj"),
            ("attention.output.LayerNorm", "norm1"),
            ("gate.dense", "mlp.fc11"),
            ("intermediate.dense", "mlp.fc12"),
            ("output.dense", "mlp.fc2"),
            ("output.LayerNorm", "norm2"),
        ],
        MaskedLanguageModelHead = new("cls.predictions.transform.dense", "cls.predictions.transform.layer_norm", "cls.predictions.decoder.bias"),
    };

    public override WeightMap NamesOf(EncoderShape shape)
    {
        var hasBiases = shape.SettingsAs<Settings>().Biases.HasFlag(Biases.Intermediate);
        return Names with { MaskedLanguageModelHead = Names.MaskedLanguageModelHead! with { TransformHasBias = hasBiases, DecoderHasBias = hasBiases } };
    }

    public override EncoderPlan Plan(EncoderShape shape)
    {
        var settings = shape.SettingsAs<Settings>();
        return new EncoderPlan
        {
            Positions = null,
            Rotary = new RotaryPositions(_ => settings.RotaryBase) { Scaling = settings.Scaling },
            TokenTypes = shape.TypeVocabularySize == 0 ? TokenTypes.None : TokenTypes.Given,
            Biases = settings.Biases,
            Activation = Activation.Silu,
            Gated = true,
        };
    }

    public override EncoderShape ReadConfig(ConfigReader json)
    {
        var shape = json.ReadShape(this);
        var rows = json.Integer("pad_vocab_size_multiple", 1, 1, ConfigReader.MaximumWidth);
        var rotary = json.Section("rope_parameters"); // of newer files
        var rotaryBase = Base(json, "rotary_emb_base", 10_000);
        return shape with
        {
            VocabularySize = RoundUp(shape.VocabularySize, rows),
            IntermediateSize = RoundUp(shape.IntermediateSize, UnitsAtATime),
            TypeVocabularySize = json.Integer("type_vocab_size", 2, 0, ConfigReader.MaximumWidth),
            Settings = new Settings(
                rotary is null ? rotaryBase : Base(rotary, "rope_theta", rotaryBase),
                Scaling(json, rotary),
                (json.Flag("qkv_proj_bias", true) ? Biases.Attention : 0)
                | (json.Flag("mlp_fc1_bias", true) ? Biases.Intermediate : 0)
                | (json.Flag("mlp_fc2_bias", true) ? Biases.Output : 0)),
        };
    }

    public override IEnumerable<(string Key, JsonNode? Value)> SettingsInConfig(EncoderShape shape)
    {
        var settings = shape.SettingsAs<Settings>();
        return
        [
            ("auto_map", new JsonObject
            {
                ["AutoConfig"] = OriginalCode + "configuration_hf_nomic_bert.NomicBertConfig",
                ["AutoModel"] = OriginalCode + "modeling_hf_nomic_bert.NomicBertModel",
                ["AutoModelForMaskedLM"] = OriginalCode + "modeling_hf_nomic_bert.NomicBertForPreTraining",
            }),
            ("type_vocab_size", shape.TypeVocabularySize),
            ("rotary_emb_base", settings.RotaryBase),
            ("rotary_scaling_factor", settings.Scaling?.Factor),
            ("max_trained_positions", settings.Scaling?.TrainedTokens),
            ("embd_pdrop", shape.HiddenDropout),
            ("qkv_proj_bias", settings.Biases.HasFlag(Biases.Attention)),
            ("mlp_fc1_bias", settings.Biases.HasFlag(Biases.Intermediate)),
            ("mlp_fc2_bias", settings.Biases.HasFlag(Biases.Output)),
        ];
    }

    private static DynamicScaling? Scaling(ConfigReader json, ConfigReader? rotary)
    {
        var trained = json.Integer("max_trained_positions", 2048, 1, int.MaxValue);
        var factor = json.Number("rotary_scaling_factor", 0, IsFactor, "a number above 0");
        if (rotary?.Text("rope_type", "default") is "dynamic")
        {
            factor = rotary.Number("factor", 1, IsFactor, "a number above 0");
            trained = rotary.Integer("original_max_position_embeddings", trained, 1, int.MaxValue);
        }
        else
        {
            rotary?.Expect(new("rope_type", "default", "the kind of rotation (beside \"dynamic\")"));
        }

        return factor == 0 ? null : new DynamicScaling(factor, trained);
    }

    private static bool IsFactor(double value) => value is > 0 and < 1e6;

    private static double Base(ConfigReader json, string key, double absent) => json.Number(key, absent, value => value is >= 1 and < 1e30, "a number from 1");

    private static int RoundUp(int value, int multiple) => checked((int)Math.Min((value + (long)multiple - 1) / multiple * multiple, ConfigReader.MaximumVocabulary));

    private sealed record Settings(double RotaryBase, DynamicScaling? Scaling, Biases Biases) : FamilySettings;
}
