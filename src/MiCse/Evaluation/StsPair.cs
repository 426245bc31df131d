namespace MiCse.Evaluation;

/// <summary>Two sentences and how similar people found them.</summary>
/// <param name="First">The first sentence, its words joined by one blank.</param>
/// <param name="Second">The second sentence.</param>
/// <param name="Gold">The gold score, 0 (nothing in common) to 5 (the same meaning).</param>
public readonly record struct StsPair(string First, string Second, double Gold);
