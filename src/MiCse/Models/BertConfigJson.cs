using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>Writes config.json.</summary>
internal static class BertConfigJson
{
    public static JsonSerializerOptions Format { get; } = new() { WriteIndented = true, NewLine = "\n" };

    /// <param name="config">What to write.</param>
    /// <param name="suffix">What the class in transformers is called after "Bert" or "Roberta".</param>
    /// <param name="extra">More keys; transformers keeps what it does not know.</param>
    public static string Write(BertConfig config, string suffix, IReadOnlyDictionary<string, string> extra)
    {
        var isRoberta = config.Architecture == BertArchitecture.Roberta;
        var values = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["architectures"] = new JsonArray((isRoberta ? "Roberta" : "Bert") + suffix),
            ["attention_probs_dropout_prob"] = config.AttentionDropout,
            ["hidden_act"] = "gelu",
            ["hidden_dropout_prob"] = config.HiddenDropout,
            ["hidden_size"] = config.HiddenSize,
            ["initializer_range"] = config.InitializerRange,
            ["intermediate_size"] = config.IntermediateSize,
            ["layer_norm_eps"] = config.LayerNormEpsilon,
            ["max_position_embeddings"] = config.MaxPositions,
            ["model_type"] = isRoberta ? "roberta" : "bert",
            ["num_attention_heads"] = config.Heads,
            ["num_hidden_layers"] = config.Layers,
            ["pad_token_id"] = config.PadTokenId,
            ["position_embedding_type"] = "absolute",
            ["torch_dtype"] = "float32",
            ["type_vocab_size"] = config.TypeVocabularySize,
            ["vocab_size"] = config.VocabularySize,
        };
        foreach (var (key, value) in extra)
        {
            values[key] = value;
        }

        return new JsonObject(values).ToJsonString(Format) + "\n";
    }
}
