using System.Text.Json.Serialization;
using MiCse.Models;
using MiCse.Server.Configuration;
using MiCse.Server.Requests;

namespace MiCse.Server.Dialects.Tei;

/// <summary>A request of /embed and /embed_all.</summary>
internal sealed record TeiEmbedRequest(
    TextInput Inputs, bool? Truncate = null, string? TruncationDirection = null, string? PromptName = null, bool Normalize = true, int? Dimensions = null)
{
    /// <exception cref="RefusalException">There is nothing to encode, or a value is none of its kind.</exception>
    public EncodeRequest ToEncodeRequest() => Inputs.Count == 0
        ? throw new RefusalException(RefusalKind.Empty, "`inputs` cannot be empty.", "inputs")
        : new EncodeRequest(null, Inputs) { Field = "inputs", Truncate = Truncate, KeepsEnd = IsLeft(TruncationDirection), PromptName = PromptName };

    /// <summary>Whether a truncation leaves the end.</summary>
    public static bool IsLeft(string? direction) => direction?.ToUpperInvariant() switch
    {
        null or "RIGHT" => false,
        "LEFT" => true,
        _ => throw new RefusalException(RefusalKind.Invalid, "truncation_direction is neither left nor right.", "truncation_direction"),
    };
}

/// <summary>A request of /similarity.</summary>
internal sealed record TeiSimilarityRequest(TeiSimilarityInputs Inputs, TeiParameters? Parameters = null);

/// <summary>A sentence, and those to compare it with.</summary>
internal sealed record TeiSimilarityInputs(string SourceSentence, IReadOnlyList<string> Sentences);

/// <summary>How the texts of /similarity are encoded.</summary>
internal sealed record TeiParameters(bool? Truncate = null, string? TruncationDirection = null, string? PromptName = null);

/// <summary>A request of /tokenize.</summary>
internal sealed record TeiTokenizeRequest(TextInput Inputs, bool AddSpecialTokens = true, string? PromptName = null);

/// <summary>A request of /decode.</summary>
internal sealed record TeiDecodeRequest(TextInput Ids, bool SkipSpecialTokens = true);

/// <summary>A token of a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its part of the text; of special tokens, and where its place is not known, its spelling in the vocabulary.</param>
/// <param name="Special">Whether it stands for no part of the text.</param>
/// <param name="Start">Where it begins in the text, in characters; null for special tokens, and where that is not known.</param>
/// <param name="Stop">Where it ends.</param>
internal sealed record TeiToken(
    int Id, string Text, bool Special, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Start, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Stop);

/// <summary>A refusal.</summary>
internal sealed record TeiError(string Error, string ErrorType);

/// <summary>The answer of /info.</summary>
internal sealed record TeiInfo(
    string ModelId, string ModelSha, string ModelDtype, string ServedModelName, TeiModelType ModelType, int MaxConcurrentRequests, int MaxInputLength, int MaxBatchTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? MaxBatchRequests, int MaxClientBatchSize, bool AutoTruncate, int TokenizationWorkers, string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Sha, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? DockerLabel, string Fingerprint,
    int Dimensions)
{
    public static TeiInfo Of(string name, SentenceEncoder encoder, MiCseServerOptions options) => new(
        encoder.ModelId, encoder.ModelId.Split('@') is [_, var sha] ? sha : encoder.WeightsFingerprint, encoder.Precision == EncoderPrecision.Int8 ? "int8" : "float32", name,
        new TeiModelType(new TeiEmbedding(Pooling(encoder.Pooling.Pooling))), options.Limits.Requests, encoder.MaxTokens, (int)Math.Min(int.MaxValue, options.Limits.Tokens), null,
        options.Limits.Texts, options.Truncate, encoder.Workers, ProgramVersion.Value, null, null, encoder.Fingerprint, encoder.Dimensions);

    // Clients know cls, mean, splade and last_token.
    private static string Pooling(Pooling pooling) => pooling switch
    {
        MiCse.Models.Pooling.Cls or MiCse.Models.Pooling.ClsBeforePooler => "cls",
        MiCse.Models.Pooling.LastToken => "last_token",
        _ => "mean",
    };
}

/// <summary>What the model is for.</summary>
internal sealed record TeiModelType(TeiEmbedding Embedding);

/// <summary>How it pools.</summary>
internal sealed record TeiEmbedding(string Pooling);
