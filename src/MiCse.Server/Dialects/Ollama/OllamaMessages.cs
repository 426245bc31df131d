using MiCse.Server.Requests;

namespace MiCse.Server.Dialects.Ollama;

/// <summary>A request of /api/embed.</summary>
internal sealed record OllamaEmbedRequest(string Model, TextInput? Input = null, bool? Truncate = null, int? Dimensions = null);

/// <summary>A request of /api/embeddings, which is older.</summary>
internal sealed record OllamaEmbeddingsRequest(string Model, string Prompt = "");

/// <summary>A request of /api/show.</summary>
internal sealed record OllamaShowRequest(string? Model = null, string? Name = null);

/// <summary>A refusal.</summary>
internal sealed record OllamaError(string Error);

/// <summary>The answer of /api/version.</summary>
internal sealed record OllamaVersion(string Version);

/// <summary>The answer of /api/tags and /api/ps.</summary>
internal sealed record OllamaTags(IReadOnlyList<OllamaModel> Models);

/// <summary>A model.</summary>
internal sealed record OllamaModel(string Name, string Model, DateTime ModifiedAt, long Size, string Digest, OllamaDetails Details, DateTime? ExpiresAt = null, long? SizeVram = null);

/// <summary>What kind of model.</summary>
internal sealed record OllamaDetails(string ParentModel, string Format, string Family, IReadOnlyList<string> Families, string ParameterSize, string QuantizationLevel);

/// <summary>The answer of /api/show.</summary>
internal sealed record OllamaShow(string License, OllamaDetails Details, IReadOnlyDictionary<string, System.Text.Json.JsonElement> ModelInfo, IReadOnlyList<string> Capabilities, DateTime ModifiedAt);
