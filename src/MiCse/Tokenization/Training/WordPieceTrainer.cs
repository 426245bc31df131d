using System.Globalization;
using MiCse.Files;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;

namespace MiCse.Tokenization.Training;

/// <summary>
/// Makes a WordPiece vocabulary as Hugging Face's trainer does: it starts with BERT's special tokens and the characters, and merges the pair of
/// pieces that is side by side most often, again and again (of equally frequent pairs the one whose pieces came first). Tokenizing takes the
/// longest piece instead, so the merges leave no trace. Other than there, a word with a character outside the alphabet teaches no merges, because
/// tokenizing makes it the unknown token. The same words give the same vocabulary on every machine.
/// </summary>
internal static class WordPieceTrainer
{
    /// <summary>Trains a vocabulary.</summary>
    /// <param name="words">The words of the text, and how they were normalized; the tokenizer does the same.</param>
    /// <param name="source">What messages call the text.</param>
    /// <param name="options">What the vocabulary is to look like; null: the defaults.</param>
    /// <param name="progress">Receives the number of pieces so far.</param>
    /// <param name="cancellationToken">Checked before every merge.</param>
    /// <returns>The tokenizer; its vocabulary is smaller than asked for only when no further pair is frequent enough.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option that no vocabulary can have.</exception>
    /// <exception cref="DataFormatException">There are no words, or their characters alone need more pieces than asked for.</exception>
    public static Tokenizer Train(
        WordCounts words,
        string source,
        WordPieceTrainerOptions? options = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentException.ThrowIfNullOrEmpty(source);
        options ??= new WordPieceTrainerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinFrequency, 1);
        if (words.Total == 0)
        {
            throw new DataFormatException(source, null, "has no words to make a vocabulary of.");
        }

        List<string> special = [.. SpecialTokenNames.Bert.All];
        var alphabet = new Alphabet(words.Occurrences, options.MaxCharacters, WordPiece.UsualPrefix);
        List<string> pieces = [.. special, .. alphabet.Pieces];
        if (options.Size < pieces.Count)
        {
            throw new DataFormatException(
                source,
                null,
                string.Create(CultureInfo.InvariantCulture, $"a vocabulary of {options.Size:N0} is too small for its characters; ask for at least {pieces.Count:N0} ")
                + string.Create(CultureInfo.InvariantCulture, $"({special.Count} special tokens and {alphabet.Pieces.Count:N0} pieces of one character), or keep fewer characters."));
        }

        var pairs = Spell(words, alphabet, special.Count);
        AddMerges(pieces, pairs, options, progress, cancellationToken);
        return Tokenizer.FromVocabulary(pieces, words.LowerCase, options.ModelMaxLength);
    }

    private static PairCounts Spell(WordCounts words, Alphabet alphabet, int firstId)
    {
        var pairs = new PairCounts();
        var spelling = new List<int>();
        foreach (var (word, count) in words.Occurrences)
        {
            spelling.Clear();
            if (alphabet.TrySpell(word, spelling) && spelling.Count <= WordPiece.UsualMaxCharacters)
            {
                pairs.Add([.. spelling.Select(index => firstId + index)], count);
            }
        }

        return pairs;
    }

    private static void AddMerges(
        List<string> pieces,
        PairCounts pairs,
        WordPieceTrainerOptions options,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var ids = pieces.Select((piece, id) => (piece, id)).ToDictionary(entry => entry.piece, entry => entry.id, StringComparer.Ordinal);
        while (pieces.Count < options.Size && pairs.TryFindMostFrequent(out var pair, out var count) && count >= options.MinFrequency)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var merged = pieces[pair.Left] + pieces[pair.Right][WordPiece.UsualPrefix.Length..];

            // Two pairs can spell the same piece: a + ##bc and ab + ##c.
            if (ids.TryAdd(merged, pieces.Count))
            {
                pieces.Add(merged);
            }

            pairs.Merge(pair, ids[merged]);
            progress?.Report(pieces.Count);
        }
    }
}
