namespace MiCse.Server.Views;

/// <summary>A request of /map.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Clusters">How many clusters; null: as many as suit the number of texts.</param>
/// <param name="Model">The model; null: the first one.</param>
internal sealed record MapRequest(IReadOnlyList<string> Texts, int? Clusters = null, string? Model = null);

/// <summary>A request of /explain.</summary>
/// <param name="First">A text.</param>
/// <param name="Second">The text to compare it with.</param>
/// <param name="Model">The model; null: the first one.</param>
internal sealed record ExplainRequest(string First, string Second, string? Model = null);
