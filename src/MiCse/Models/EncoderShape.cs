using System.Text.Json.Nodes;
using MiCse.Files;

namespace MiCse.Models;

/// <summary>The sizes and constants of an encoder, as config.json gives them.</summary>
public record EncoderShape
{
    /// <summary>A shape with the defaults of its family.</summary>
    /// <param name="modelType"><c>model_type</c> in config.json.</param>
    /// <exception cref="ArgumentException">A type that is not supported; the message lists those that are.</exception>
    public EncoderShape(string modelType)
        : this(ModelFamily.Of(modelType))
    {
    }

    internal EncoderShape(ModelFamily family)
    {
        Family = family;
        Settings = family.DefaultSettings;
        PadTokenId = family.PadTokenId;
        Activation = family.Keys.DefaultActivation;
        LayerNormEpsilon = family.Keys.DefaultLayerNormEpsilon;
    }

    /// <summary><c>model_type</c>: the family of the encoder.</summary>
    public string ModelType => Family.ModelType;

    /// <summary>Words in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Dimensions of a hidden state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Transformer layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads of a layer; divides <see cref="HiddenSize"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Dimensions inside the feed-forward part.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Rows of the position table, or without one the longest sequence.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Rows of the token type table, where there is one.</summary>
    public int TypeVocabularySize { get; init; } = 2;

    /// <summary>What is added to a variance by LayerNorm.</summary>
    public double LayerNormEpsilon { get; init; }

    /// <summary>The id of the padding token.</summary>
    public int PadTokenId { get; init; }

    /// <summary>Share of hidden states that are dropped in training.</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>Share of attention probabilities that are dropped in training.</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Standard deviation of fresh weights.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The longest sequence in tokens.</summary>
    public int MaxTokens => MaxPositions - (Plan.Positions?.FirstRow ?? 0);

    /// <summary>Dimensions of one attention head.</summary>
    public int HeadSize => HiddenSize / Heads;

    /// <summary>The description behind <see cref="ModelType"/>.</summary>
    internal ModelFamily Family { get; init; }

    /// <summary>Dimensions of the embeddings; null: the hidden size.</summary>
    internal int? EmbeddingSize { get; init; }

    /// <summary>The activation in the feed-forward part, where the family has several.</summary>
    internal Activation Activation { get; init; }

    /// <summary>What the family's config.json says besides.</summary>
    internal FamilySettings? Settings { get; init; }

    /// <summary>What the encoder computes.</summary>
    internal EncoderPlan Plan => Family.Plan(this);

    /// <summary>The family's settings as what they are.</summary>
    internal T SettingsAs<T>()
        where T : FamilySettings => (T)Settings!;

    /// <summary>Reads config.json. Absent optional keys have the defaults of transformers.</summary>
    /// <exception cref="ModelFormatException">
    /// Another family, activation or kind of positions than this library computes, or missing or senseless values; all are listed.
    /// </exception>
    public static EncoderShape Load(string path) => ConfigReader.Read(path, ModelFamily.All);

    /// <summary>config.json as transformers reads it: keys in alphabetical order, line feeds, the same text on every system.</summary>
    /// <param name="classSuffix">The class in transformers, without the family's prefix.</param>
    /// <param name="extra">More keys; transformers keeps what it does not know.</param>
    internal string ToJson(string classSuffix = "Model", params IEnumerable<KeyValuePair<string, JsonNode?>> extra)
    {
        var values = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["architectures"] = new JsonArray(Family.ClassPrefix + classSuffix),
            ["model_type"] = ModelType,
            ["torch_dtype"] = "float32",
        };
        foreach (var (key, value) in Family.WriteConfig(this).Concat(extra))
        {
            values.Add(key, value);
        }

        return new JsonObject(values).ToJsonString(JsonFile.Indented) + "\n";
    }
}
