using System.Text.Json.Serialization;
using MiCse.Server.Requests;

namespace MiCse.Server.Dialects.OpenAi;

/// <summary>A request of /v1/embeddings.</summary>
internal sealed record OpenAiEmbeddingsRequest(TextInput Input, string? Model = null, string? EncodingFormat = null, int? Dimensions = null, string? User = null);

/// <summary>A refusal.</summary>
internal sealed record OpenAiError(OpenAiErrorBody Error);

/// <summary>What is wrong. All fields are always there.</summary>
internal sealed record OpenAiErrorBody(
    string Message, string Type, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);

/// <summary>A model of /v1/models.</summary>
internal sealed record OpenAiModel(string Id, string Object, long Created, string OwnedBy);

/// <summary>The answer of /v1/models.</summary>
internal sealed record OpenAiModels(string Object, IReadOnlyList<OpenAiModel> Data);

/// <summary>A request of /score: a text or texts, and those to compare them with.</summary>
internal sealed record ScoreRequest(string? Model = null, bool? Truncate = null)
{
    /// <summary>The first texts.</summary>
    [JsonPropertyName("text_1")]
    public TextInput? First { get; init; }

    /// <summary>The second texts.</summary>
    [JsonPropertyName("text_2")]
    public TextInput? Second { get; init; }

    /// <summary>Another name of the first.</summary>
    public TextInput? Queries { get; init; }

    /// <summary>Another name of the second.</summary>
    public TextInput? Documents { get; init; }
}

/// <summary>The answer of /score.</summary>
internal sealed record ScoreAnswer(string Id, string Object, long Created, string Model, IReadOnlyList<ScoreItem> Data, OpenAiUsage Usage);

/// <summary>A score.</summary>
internal sealed record ScoreItem(int Index, string Object, float Score);

/// <summary>What was read.</summary>
internal sealed record OpenAiUsage(long PromptTokens, long TotalTokens);
