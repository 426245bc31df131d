using System.Collections.Concurrent;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>The model of GPT-2 and RoBERTa: byte-pair encoding of the UTF-8 bytes of each word.</summary>
internal sealed class Bpe : ITokenModel
{
    // Natural text repeats its words. Long or late ones are not worth keeping, so that memory stays bounded.
    private const int MaxCachedWords = 1 << 16;
    private const int MaxCachedLength = 32;

    private readonly BytePairMerges _merges;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private int _cachedWords;

    /// <param name="tokens">Spellings in the order of their ids; null where an id has none.</param>
    /// <param name="merges">Pairs of tokens in the order they were learnt.</param>
    /// <param name="unknownToken">Stands for bytes that the vocabulary lacks; null: they are dropped.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks the unknown token, or one that a merge needs.</exception>
    public Bpe(IReadOnlyList<string?> tokens, IReadOnlyList<(string Left, string Right)> merges, string? unknownToken = null)
    {
        Tokens = [.. tokens];
        Merges = [.. merges];
        UnknownToken = unknownToken;
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is { } token)
            {
                ids[token] = id;
            }
        }

        int? unknown = unknownToken is null ? null
            : ids.TryGetValue(unknownToken, out var found) ? found
            : throw new ArgumentException($"The vocabulary has no '{unknownToken}', which stands for bytes that it lacks.");
        _merges = new BytePairMerges(ids, merges, unknown);
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public string Name => "byte-level BPE";

    /// <inheritdoc/>
    public IReadOnlyList<string?> Tokens { get; }

    /// <inheritdoc/>
    public string? UnknownToken { get; }

    /// <summary>Pairs of tokens in the order they were learnt.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <inheritdoc/>
    public bool IsContinuation(string token) => !token.StartsWith(ByteAlphabet.Space);

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<char> word, ref PooledBuffer<int> ids)
    {
        if (_cached.TryGetValue(word, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var before = ids.Count;
        _merges.Append(word, ref ids);
        if (word.Length <= MaxCachedLength && _cachedWords < MaxCachedWords && _cached.TryAdd(word, ids.Items[before..].ToArray()))
        {
            Interlocked.Increment(ref _cachedWords);
        }
    }
}
