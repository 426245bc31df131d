namespace MiCse.Tokenization;

/// <summary>Two texts in one sequence.</summary>
/// <param name="Ids">Ids with special tokens.</param>
/// <param name="TypeIds">0 for the first text, 1 for the second (all 0 for RoBERTa).</param>
/// <param name="FullLength">The number of ids before truncation.</param>
public readonly record struct TokenizedPair(int[] Ids, int[] TypeIds, int FullLength);
