using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>How a family's config.json spells the sizes and constants of an encoder. The defaults are the most common spelling.</summary>
internal sealed record ConfigKeys
{
    public string VocabularySize { get; init; } = "vocab_size";

    public string HiddenSize { get; init; } = "hidden_size";

    public string Layers { get; init; } = "num_hidden_layers";

    public string Heads { get; init; } = "num_attention_heads";

    public string IntermediateSize { get; init; } = "intermediate_size";

    /// <summary>The intermediate size where its key is absent, from the hidden size; null: that is a problem.</summary>
    public Func<int, int>? DefaultIntermediateSize { get; init; }

    public string MaxPositions { get; init; } = "max_position_embeddings";

    /// <summary>Null: there are no token types.</summary>
    public string? TypeVocabularySize { get; init; } = "type_vocab_size";

    public string PadTokenId { get; init; } = "pad_token_id";

    /// <summary>Null: embeddings have the hidden size.</summary>
    public string? EmbeddingSize { get; init; }

    /// <summary>Null: it is the default always.</summary>
    public string? LayerNormEpsilon { get; init; } = "layer_norm_eps";

    /// <summary>The epsilon where the key is absent.</summary>
    public double DefaultLayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>Null: it is the default always.</summary>
    public string? Activation { get; init; }

    /// <summary>The activation where the key is absent.</summary>
    public Activation DefaultActivation { get; init; } = Models.Activation.Gelu;

    public string HiddenDropout { get; init; } = "hidden_dropout_prob";

    public string AttentionDropout { get; init; } = "attention_probs_dropout_prob";

    /// <summary>Both dropout rates where their keys are absent.</summary>
    public double DefaultDropout { get; init; } = 0.1;

    public string InitializerRange { get; init; } = "initializer_range";

    /// <summary>Settings of which one value is computed: it is written, and another is refused.</summary>
    public IReadOnlyList<Constant> Constants { get; init; } = [Gelu, AbsolutePositions];

    /// <summary>The activation, for families of which no other is known.</summary>
    public static Constant Gelu { get; } = new("hidden_act", "gelu", "the activation");

    /// <summary>Positions as a table of vectors.</summary>
    public static Constant AbsolutePositions { get; } = new("position_embedding_type", "absolute", "the kind of positions");

    /// <summary>All keys with their values.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> Write(EncoderShape shape)
    {
        (string? Key, JsonNode? Value)[] values =
        [
            (VocabularySize, shape.VocabularySize),
            (HiddenSize, shape.HiddenSize),
            (Layers, shape.Layers),
            (Heads, shape.Heads),
            (IntermediateSize, shape.IntermediateSize),
            (MaxPositions, shape.MaxPositions),
            (TypeVocabularySize, shape.TypeVocabularySize),
            (PadTokenId, shape.PadTokenId),
            (EmbeddingSize, shape.EmbeddingSize ?? shape.HiddenSize),
            (Activation, shape.Activation.Spelling()),
            (LayerNormEpsilon, shape.LayerNormEpsilon),
            (HiddenDropout, shape.HiddenDropout),
            (AttentionDropout, shape.AttentionDropout),
            (InitializerRange, shape.InitializerRange),
            .. Constants.Select(constant => (constant.Key, constant.Value.DeepClone())),
        ];
        return values.Where(value => value.Key is not null).Select(value => KeyValuePair.Create(value.Key!, value.Value));
    }

    /// <summary>A setting of which one value is computed.</summary>
    /// <param name="Key">The key; where it is absent, the value is this one.</param>
    /// <param name="Value">The value.</param>
    /// <param name="What">What the setting is, for a message: "the activation".</param>
    public sealed record Constant(string Key, JsonNode Value, string What);
}
