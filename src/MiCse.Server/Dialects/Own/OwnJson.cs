using System.Text.Json.Serialization;
using MiCse.Server.Indexes;
using MiCse.Server.Views;

namespace MiCse.Server.Dialects.Own;

/// <summary>How messages are read and written: names in snake_case, unknown fields left alone, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(IndexChangeRequest))]
[JsonSerializable(typeof(IndexChangeAnswer))]
[JsonSerializable(typeof(IndexList))]
[JsonSerializable(typeof(MapRequest))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class OwnJson : JsonSerializerContext;
