using System.Text.Json.Serialization;
using MiCse.Server.Dialects.Cohere;
using MiCse.Server.Dialects.Ollama;
using MiCse.Server.Dialects.OpenAi;
using MiCse.Server.Dialects.Own;
using MiCse.Server.Dialects.Tei;

namespace MiCse.Server;

/// <summary>How requests and small answers are read and written: names in snake_case, unknown fields left alone, no reflection.</summary>
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
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(OpenAiEmbeddingsRequest))]
[JsonSerializable(typeof(OpenAiError))]
[JsonSerializable(typeof(OpenAiModel))]
[JsonSerializable(typeof(OpenAiModels))]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ScoreAnswer))]
[JsonSerializable(typeof(OllamaEmbedRequest))]
[JsonSerializable(typeof(OllamaEmbeddingsRequest))]
[JsonSerializable(typeof(OllamaShowRequest))]
[JsonSerializable(typeof(OllamaError))]
[JsonSerializable(typeof(OllamaVersion))]
[JsonSerializable(typeof(OllamaTags))]
[JsonSerializable(typeof(OllamaShow))]
[JsonSerializable(typeof(CohereEmbedRequest))]
[JsonSerializable(typeof(CohereError))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(IndexChangeRequest))]
[JsonSerializable(typeof(IndexChangeAnswer))]
[JsonSerializable(typeof(IndexList))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class ServerJson : JsonSerializerContext;
