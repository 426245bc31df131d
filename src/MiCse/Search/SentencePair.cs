namespace MiCse.Search;

/// <summary>Two rows that are alike.</summary>
/// <param name="First">The smaller row number, counted from 0.</param>
/// <param name="Second">The larger one.</param>
/// <param name="Score">Their cosine.</param>
public readonly record struct SentencePair(int First, int Second, double Score);
