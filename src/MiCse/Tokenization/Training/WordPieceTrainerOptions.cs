namespace MiCse.Tokenization.Training;

/// <summary>What a trained vocabulary is to look like.</summary>
internal sealed record WordPieceTrainerOptions
{
    /// <summary>Pieces in the vocabulary, special tokens included (default 30,000); fewer when the text has no more pairs to merge.</summary>
    public int Size { get; init; } = 30_000;

    /// <summary>
    /// Characters that get a piece at most, the most frequent ones (default 1000). Words with any other character become the unknown token.
    /// </summary>
    public int MaxCharacters { get; init; } = 1000;

    /// <summary>How often two pieces must occur beside each other to be merged (default 2).</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>The longest sequence the tokenizer files allow, special tokens included (default 512).</summary>
    public int ModelMaxLength { get; init; } = 512;
}
