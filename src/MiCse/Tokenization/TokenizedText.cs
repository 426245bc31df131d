namespace MiCse.Tokenization;

/// <summary>One text as ids.</summary>
/// <param name="Ids">Ids with special tokens, at most as many as asked for.</param>
/// <param name="FullLength">The number of ids, special tokens included, before the text was cut.</param>
public readonly record struct TokenizedText(int[] Ids, int FullLength)
{
    /// <summary>Whether tokens were cut off.</summary>
    public bool Truncated => FullLength > Ids.Length;
}
