namespace MiCse.Tokenization;

/// <summary>One text as ids.</summary>
/// <param name="Ids">Ids with special tokens, at most as many as asked for.</param>
/// <param name="Truncated">Whether tokens were cut off.</param>
public readonly record struct TokenizedText(int[] Ids, bool Truncated)
{
    /// <summary>How many of the first ids do not count in a pooling: those of a prompt that its model leaves out.</summary>
    internal int LeftOut { get; init; }
}

/// <summary>Two texts in one sequence.</summary>
/// <param name="Ids">Ids with special tokens.</param>
/// <param name="TypeIds">The token type of every id: 0 for the first text, 1 for the second (all 0 for RoBERTa).</param>
/// <param name="FullLength">The number of ids before truncation.</param>
public readonly record struct TokenizedPair(int[] Ids, int[] TypeIds, int FullLength);
