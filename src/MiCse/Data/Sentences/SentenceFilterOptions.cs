namespace MiCse.Data.Sentences;

/// <summary>How long a sentence may be.</summary>
public sealed record SentenceFilterOptions
{
    /// <summary>Fewest words; 5 by default.</summary>
    public int MinWords { get; init; } = 5;

    /// <summary>Most words; 60 by default.</summary>
    public int MaxWords { get; init; } = 60;
}
