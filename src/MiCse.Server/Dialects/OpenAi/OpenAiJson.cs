using System.Text.Json.Serialization;

namespace MiCse.Server.Dialects.OpenAi;

/// <summary>How messages are read and written: names in snake_case, unknown fields left alone, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OpenAiEmbeddingsRequest))]
[JsonSerializable(typeof(OpenAiError))]
[JsonSerializable(typeof(OpenAiModel))]
[JsonSerializable(typeof(OpenAiModels))]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ScoreAnswer))]
internal sealed partial class OpenAiJson : JsonSerializerContext;
