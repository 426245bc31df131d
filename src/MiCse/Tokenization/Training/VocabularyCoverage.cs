using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Training;

/// <summary>How well a vocabulary spells words; all numbers count occurrences.</summary>
/// <param name="Words">Words, punctuation marks among them.</param>
/// <param name="Known">Those that do not become the unknown token.</param>
/// <param name="Whole">Those that are one piece of the vocabulary.</param>
/// <param name="Pieces">Pieces of all words; the unknown token counts as one.</param>
internal sealed record VocabularyCoverage(long Words, long Known, long Whole, long Pieces)
{
    /// <summary>The share of words that do not become the unknown token, 0 to 1.</summary>
    public double KnownShare => (double)Known / Words;

    /// <summary>The share of words that are one piece of the vocabulary, 0 to 1.</summary>
    public double WholeShare => (double)Whole / Words;

    /// <summary>Pieces of a word on average.</summary>
    public double PiecesPerWord => (double)Pieces / Words;

    /// <summary>Tokenizes counted words.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="words">Words that were normalized as the tokenizer does it.</param>
    public static VocabularyCoverage Measure(Tokenizer tokenizer, WordCounts words)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(words);
        var (known, whole, all) = (0L, 0L, 0L);
        var pieces = new PooledBuffer<int>(16);
        try
        {
            foreach (var (word, count) in words.Occurrences)
            {
                pieces.Count = 0;
                tokenizer.Parts.Model.Append(word, atStart: false, ref pieces);
                var isKnown = pieces.Items[0] != tokenizer.SpecialTokens.Unknown;
                known += isKnown ? count : 0;
                whole += isKnown && pieces.Count == 1 ? count : 0;
                all += pieces.Count * count;
            }
        }
        finally
        {
            pieces.Dispose();
        }

        return new VocabularyCoverage(words.Total, known, whole, all);
    }
}
