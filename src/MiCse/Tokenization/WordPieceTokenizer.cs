namespace MiCse.Tokenization;

/// <summary>BERT's tokenizer: normaliser, splitting into words, longest match from the front of each word.</summary>
public sealed class WordPieceTokenizer : Tokenizer
{
    private readonly BertNormalizer _normalizer;
    private readonly AddedTokenMatcher _addedToNormalized;
    private readonly Vocabulary _vocabulary;
    private readonly bool[] _continuations;

    /// <summary>Makes the tokenizer of a vocabulary.</summary>
    /// <param name="vocabulary">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="options">Settings; null: those of bert-base-uncased.</param>
    /// <exception cref="ArgumentException">A token with a role is missing.</exception>
    public WordPieceTokenizer(IReadOnlyList<string?> vocabulary, WordPieceOptions? options = null)
        : base(vocabulary, (options ??= new()).Names, options.AddedTokens, options.ModelMaxLength, takesSpace: _ => false)
    {
        Options = options;
        _normalizer = new BertNormalizer(options.Normalization);
        _vocabulary = new Vocabulary(vocabulary, options.ContinuationPrefix);
        _addedToNormalized = new AddedTokenMatcher(
            AddedTokens.Where(token => token.Normalized).Select(token => (_normalizer.Normalize(token.Content), token)));
        _continuations = new bool[VocabularySize];
        for (var id = 0; id < vocabulary.Count; id++)
        {
            _continuations[id] = vocabulary[id]?.StartsWith(options.ContinuationPrefix, StringComparison.Ordinal) ?? false;
        }

        foreach (var token in AddedTokens)
        {
            _continuations[token.Id] = false;
        }
    }

    /// <summary>The settings.</summary>
    public WordPieceOptions Options { get; }

    /// <inheritdoc/>
    public override bool IsContinuation(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return _continuations[id];
    }

    private protected override void AppendWords(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        var normalized = new PooledBuffer<char>(text.Length);
        try
        {
            _normalizer.Normalize(text, ref normalized);
            var parts = _addedToNormalized.Split(normalized.Items);
            while (parts.MoveNext())
            {
                if (parts.Token is { } token)
                {
                    ids.Add(token.Id);
                    continue;
                }

                foreach (var word in BertPreTokenizer.Split(parts.Text))
                {
                    AppendPieces(word, ref ids);
                }
            }
        }
        finally
        {
            normalized.Dispose();
        }
    }

    /// <summary>Appends the pieces of one word, which is normalised already.</summary>
    internal void AppendPieces(ReadOnlySpan<char> word, ref PooledBuffer<int> ids)
    {
        var before = ids.Count;
        var start = 0;
        if (!IsTooLong(word))
        {
            while (start < word.Length && _vocabulary.TryMatch(word[start..], start > 0, out var id, out var length))
            {
                ids.Add(id);
                start += length;
            }
        }

        if (start < word.Length)
        {
            // A word that cannot be spelled to its end is unknown as a whole.
            ids.Count = before;
            ids.Add(SpecialTokens.Unknown);
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= Options.MaxCharactersPerWord)
        {
            return false;
        }

        var characters = 0;
        foreach (var _ in word.EnumerateRunes())
        {
            if (++characters > Options.MaxCharactersPerWord)
            {
                return true;
            }
        }

        return false;
    }
}
