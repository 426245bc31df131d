namespace MiCse.Server.Dialects.Own;

/// <summary>The answer of /status: what the server does now.</summary>
internal sealed record StatusAnswer(
    bool Ready, bool Stopping, double UptimeSeconds, int Requests, long ResidentBytes, long BodyBytes, string Version, IReadOnlyList<ModelStatus> Models, IReadOnlyList<string> Indexes);

/// <summary>What a model does now.</summary>
internal sealed record ModelStatus(
    string Name, bool Loaded, long? Bytes, int? Dimensions, int? MaxTokens, string? Fingerprint, IReadOnlyList<string>? Prompts, int WaitingRequests, int WaitingTexts, long WaitingTokens, double? TokensPerSecond);

/// <summary>A refusal, as RFC 9457 has it.</summary>
internal sealed record ProblemAnswer(string Type, string Title, int Status, string Detail, string? Field);
