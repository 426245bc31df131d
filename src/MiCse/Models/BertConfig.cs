using MiCse.Files;

namespace MiCse.Models;

/// <summary>Shape and constants of a BERT or RoBERTa encoder, as config.json gives them.</summary>
public sealed record BertConfig
{
    /// <summary><c>model_type</c>.</summary>
    public required BertArchitecture Architecture { get; init; }

    /// <summary><c>vocab_size</c>.</summary>
    public required int VocabularySize { get; init; }

    /// <summary><c>hidden_size</c>.</summary>
    public required int HiddenSize { get; init; }

    /// <summary><c>num_hidden_layers</c>.</summary>
    public required int Layers { get; init; }

    /// <summary><c>num_attention_heads</c>; divides <see cref="HiddenSize"/>.</summary>
    public required int Heads { get; init; }

    /// <summary><c>intermediate_size</c>.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary><c>max_position_embeddings</c>: rows of the position table.</summary>
    public required int MaxPositions { get; init; }

    /// <summary><c>type_vocab_size</c>.</summary>
    public int TypeVocabularySize { get; init; } = 2;

    /// <summary><c>layer_norm_eps</c>.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary><c>pad_token_id</c>.</summary>
    public int PadTokenId { get; init; }

    /// <summary><c>hidden_dropout_prob</c>.</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary><c>attention_probs_dropout_prob</c>.</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary><c>initializer_range</c>: standard deviation of fresh weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The longest sequence in tokens: RoBERTa's position table starts after the padding id.</summary>
    public int MaxTokens => Architecture == BertArchitecture.Roberta ? MaxPositions - PadTokenId - 1 : MaxPositions;

    /// <summary>Size of one attention head.</summary>
    public int HeadSize => HiddenSize / Heads;

    /// <summary>Reads config.json. Absent optional keys have the defaults of transformers' BertConfig and RobertaConfig.</summary>
    /// <exception cref="ModelFormatException">
    /// Another architecture, activation or kind of positions than this library computes, or missing or senseless values; all are listed.
    /// </exception>
    public static BertConfig Load(string path) => BertConfigReader.Read(path);

    /// <summary>config.json as transformers reads it: keys in alphabetical order, line feeds, the same text on every system.</summary>
    public string ToJson() => BertConfigJson.Write(this, "Model", new Dictionary<string, string>());
}
