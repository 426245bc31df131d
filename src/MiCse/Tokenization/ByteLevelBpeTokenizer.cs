using System.Collections.Concurrent;

namespace MiCse.Tokenization;

/// <summary>RoBERTa's tokenizer: GPT-2's splitting into words, then byte-pair encoding of the UTF-8 bytes of each.</summary>
public sealed class ByteLevelBpeTokenizer : Tokenizer
{
    // Natural text repeats its words. Long or late ones are not worth keeping, so that memory stays bounded.
    private const int MaxCachedWords = 1 << 16;
    private const int MaxCachedLength = 32;

    private readonly BytePairMerges _merges;
    private readonly AddedTokenMatcher _addedToNormalized;
    private readonly HashSet<int> _addedIds;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private int _cachedWords;

    /// <summary>Makes the tokenizer of a vocabulary.</summary>
    /// <param name="vocabulary">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="merges">Pairs of tokens in the order they were learnt.</param>
    /// <param name="options">Settings; null: those of roberta-base.</param>
    /// <exception cref="ArgumentException">A token with a role, or one that a merge needs, is missing.</exception>
    public ByteLevelBpeTokenizer(
        IReadOnlyList<string?> vocabulary, IReadOnlyList<(string Left, string Right)> merges, ByteLevelBpeOptions? options = null)
        : base(vocabulary, (options ??= new()).Names, options.AddedTokens, options.ModelMaxLength, name => name == options.Names.Mask)
    {
        Options = options;
        Merges = [.. merges];
        var ids = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary[id] is { } token)
            {
                ids[token] = id;
            }
        }

        _merges = new BytePairMerges(ids, merges, options.UnknownForMissingBytes ? SpecialTokens.Unknown : null);
        _addedToNormalized = new AddedTokenMatcher(AddedTokens.Where(token => token.Normalized).Select(token => (token.Content, token)));
        _addedIds = [.. AddedTokens.Select(token => token.Id)];
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The settings.</summary>
    public ByteLevelBpeOptions Options { get; }

    /// <summary>Pairs of tokens in the order they were learnt.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    private protected override int Separators => 2;

    private protected override int SecondType => 0;

    /// <inheritdoc/>
    public override bool IsContinuation(int id) => !TokenOf(id).StartsWith(ByteAlphabet.Space) && !_addedIds.Contains(id);

    private protected override void AppendWords(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        var parts = _addedToNormalized.Split(text);
        while (parts.MoveNext())
        {
            if (parts.Token is { } token)
            {
                ids.Add(token.Id);
            }
            else if (Options.AddPrefixSpace && !parts.Text.StartsWith(' '))
            {
                AppendWithSpace(parts.Text, ref ids);
            }
            else
            {
                AppendText(parts.Text, ref ids);
            }
        }
    }

    private void AppendWithSpace(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        var spaced = new PooledBuffer<char>(text.Length + 1);
        try
        {
            spaced.Add(' ');
            spaced.AddRange(text);
            AppendText(spaced.Items, ref ids);
        }
        finally
        {
            spaced.Dispose();
        }
    }

    private void AppendText(ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        foreach (var word in ByteLevelPreTokenizer.Split(text))
        {
            if (_cached.TryGetValue(word, out var known))
            {
                ids.AddRange(known);
                continue;
            }

            var before = ids.Count;
            _merges.Append(word, ref ids);
            if (word.Length <= MaxCachedLength && _cachedWords < MaxCachedWords && _cached.TryAdd(word, ids.Items[before..].ToArray()))
            {
                Interlocked.Increment(ref _cachedWords);
            }
        }
    }
}
