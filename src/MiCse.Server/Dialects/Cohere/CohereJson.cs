using System.Text.Json.Serialization;

namespace MiCse.Server.Dialects.Cohere;

/// <summary>How messages are read and written: names in snake_case, unknown fields left alone, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CohereEmbedRequest))]
[JsonSerializable(typeof(CohereError))]
internal sealed partial class CohereJson : JsonSerializerContext;
