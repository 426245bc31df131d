namespace MiCse.Evaluation;

/// <summary>A pair with what the encoder makes of it.</summary>
/// <param name="Pair">The sentences and their gold score.</param>
/// <param name="Similarity">The cosine of their embeddings, -1..1.</param>
public readonly record struct ScoredPair(StsPair Pair, double Similarity);
