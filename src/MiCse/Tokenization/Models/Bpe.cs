using System.Collections.Concurrent;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>Byte-pair encoding of each word: of its UTF-8 bytes (GPT-2, RoBERTa), or of its characters.</summary>
internal sealed class Bpe : ITokenModel
{
    // Natural text repeats its words. Long or late ones are not worth keeping, so that memory stays bounded.
    private const int MaxCachedWords = 1 << 16;
    private const int MaxCachedLength = 32;

    private readonly Dictionary<string, int> _ids;
    private readonly BytePairMerges _merges;
    private readonly BpeAlphabet _alphabet;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private int _cachedWords;

    /// <param name="tokens">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="merges">Pairs of tokens in the order they were learnt.</param>
    /// <param name="settings">What else it does; null: as RoBERTa.</param>
    /// <param name="isByteLevel">Whether tokens spell bytes, each as a character.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown token, or one that a merge needs.</exception>
    public Bpe(IReadOnlyList<string?> tokens, IReadOnlyList<(string Left, string Right)> merges, BpeSettings? settings = null, bool isByteLevel = true)
    {
        Tokens = [.. tokens];
        Merges = [.. merges];
        Settings = settings ?? new BpeSettings();
        _ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { } token)
            {
                _ids[token] = id;
            }
        }

        _merges = new BytePairMerges(_ids, merges, Settings.ContinuationPrefix?.Length ?? 0);
        (IsByteLevel, _alphabet) = (isByteLevel, AlphabetOf(isByteLevel));
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private Bpe(Bpe other, bool isByteLevel)
    {
        (Tokens, Merges, Settings, _ids, _merges) = (other.Tokens, other.Merges, other.Settings, other._ids, other._merges);
        (IsByteLevel, _alphabet) = (isByteLevel, AlphabetOf(isByteLevel));
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public string Name => IsByteLevel ? "byte-level BPE" : "BPE";

    /// <inheritdoc/>
    public IReadOnlyList<string?> Tokens { get; }

    /// <inheritdoc/>
    public string? UnknownToken => Settings.UnknownToken;

    /// <summary>Pairs of tokens in the order they were learnt.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>What it does besides.</summary>
    public BpeSettings Settings { get; }

    /// <summary>Whether tokens spell bytes, each as a character.</summary>
    public bool IsByteLevel { get; }

    /// <inheritdoc/>
    public bool IsContinuation(string token) => IsByteLevel ? !token.StartsWith(ByteAlphabet.Space)
        : Settings.ContinuationPrefix is { Length: > 0 } prefix ? token.StartsWith(prefix, StringComparison.Ordinal)
        : !token.StartsWith(Unigram.Space);

    /// <summary>The same vocabulary and merges, whose tokens spell bytes or characters.</summary>
    public Bpe As(bool byteLevel) => byteLevel == IsByteLevel ? this : new Bpe(this, byteLevel);

    /// <inheritdoc/>
    public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids)
    {
        if (_cached.TryGetValue(word, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var before = ids.Count;
        if (!Settings.IgnoreMerges || !TryAppendWhole(word, ref ids))
        {
            AppendMerged(word, ref ids);
        }

        if (word.Length <= MaxCachedLength && _cachedWords < MaxCachedWords && _cached.TryAdd(word, ids.Items[before..].ToArray()))
        {
            Interlocked.Increment(ref _cachedWords);
        }
    }

    private bool TryAppendWhole(scoped ReadOnlySpan<char> word, ref PooledBuffer<int> ids)
    {
        var spelling = new PooledBuffer<char>(word.Length * 3);
        try
        {
            _alphabet.Spell(word, ref spelling);
            var isToken = _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(spelling.Items, out var id);
            if (isToken)
            {
                ids.Add(id);
            }

            return isToken;
        }
        finally
        {
            spelling.Dispose();
        }
    }

    private void AppendMerged(scoped ReadOnlySpan<char> word, ref PooledBuffer<int> ids)
    {
        var symbols = new PooledBuffer<BpeSymbol>(word.Length * 3);
        try
        {
            _alphabet.Append(word, ref symbols);
            _merges.Merge(symbols.Items);
            for (var index = 0; index < symbols.Count; index = symbols.Items[index].Next)
            {
                ids.Add(symbols.Items[index].Id);
            }
        }
        finally
        {
            symbols.Dispose();
        }
    }

    private BpeAlphabet AlphabetOf(bool isByteLevel) => isByteLevel ? new ByteLevelAlphabet(_ids, Settings) : new CharacterAlphabet(_ids, Settings);
}
