using System.Text.Json.Serialization;

namespace MiCse.Server.Dialects.Tei;

/// <summary>How messages are read and written: names in snake_case, unknown fields left alone, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TeiEmbedRequest))]
[JsonSerializable(typeof(TeiSimilarityRequest))]
[JsonSerializable(typeof(TeiTokenizeRequest))]
[JsonSerializable(typeof(TeiDecodeRequest))]
[JsonSerializable(typeof(TeiError))]
[JsonSerializable(typeof(TeiInfo))]
[JsonSerializable(typeof(TeiToken[][]))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(float[]))]
internal sealed partial class TeiJson : JsonSerializerContext;
