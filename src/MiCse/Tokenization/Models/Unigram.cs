using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>
/// SentencePiece's unigram model: of all ways to spell a word with pieces the one with the highest sum of log-probabilities (Viterbi's algorithm).
/// Linear in the length of the word, which has no limit.
/// </summary>
internal sealed class Unigram : ITokenModel
{
    /// <summary>What stands for the space in pieces.</summary>
    public const char Space = '▁';

    // How much less likely an unknown character is than the least likely piece.
    private const double UnknownPenalty = 10;

    // Marks a place that is reached by an unknown character; ids of pieces are not negative.
    private const int UnknownCharacter = -2;
    private const int NotReached = PieceTrie.None;
    private const int ShortWord = 128;

    private readonly PieceTrie _trie;
    private readonly double[] _scores;
    private readonly int[] _lengths;
    private readonly int[] _byteIds;
    private readonly double _unknownScore;

    /// <param name="pieces">Pieces with their log-probabilities, in the order of their ids.</param>
    /// <param name="unknownId">The id of the piece for what cannot be spelled.</param>
    /// <param name="byteFallback">Whether such characters are spelled with pieces of their UTF-8 bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</param>
    /// <exception cref="ArgumentException">There is no unknown piece, or a score is not finite.</exception>
    public Unigram(IReadOnlyList<(string Piece, double Score)> pieces, int unknownId, bool byteFallback = false)
    {
        if ((uint)unknownId >= (uint)pieces.Count)
        {
            throw new ArgumentException($"The unknown piece has the id {unknownId}; the vocabulary has {pieces.Count} pieces.");
        }

        string[] tokens = [.. pieces.Select(entry => entry.Piece)];
        _scores = [.. pieces.Select(entry => entry.Score)];
        if (Array.FindIndex(_scores, score => !double.IsFinite(score)) is >= 0 and var infinite)
        {
            throw new ArgumentException($"The score of piece {infinite} is not finite.");
        }

        (Tokens, UnknownId, ByteFallback) = (tokens, unknownId, byteFallback);
        _lengths = Array.ConvertAll(tokens, Encoding.UTF8.GetByteCount);
        _unknownScore = _scores.Min() - UnknownPenalty;
        _trie = new PieceTrie(tokens);
        _byteIds = !byteFallback ? [] : [.. Enumerable.Range(0, 256).Select(value => _trie.Find(Encoding.ASCII.GetBytes($"<0x{value:X2}>")))];
    }

    /// <inheritdoc/>
    public string Name => "Unigram";

    /// <inheritdoc/>
    public IReadOnlyList<string?> Tokens { get; }

    /// <summary>The log-probabilities in the order of the ids.</summary>
    public IReadOnlyList<double> Scores => _scores;

    /// <summary>The id of the piece for what cannot be spelled.</summary>
    public int UnknownId { get; }

    /// <summary>Whether what cannot be spelled is spelled with pieces of its bytes.</summary>
    public bool ByteFallback { get; }

    /// <inheritdoc/>
    public string UnknownToken => Tokens[UnknownId]!;

    /// <inheritdoc/>
    public bool IsContinuation(string token) => !token.StartsWith(Space);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids)
    {
        var most = Encoding.UTF8.GetMaxByteCount(word.Length);
        if (most <= ShortWord)
        {
            Spell(word, stackalloc byte[ShortWord], stackalloc double[ShortWord + 1], stackalloc int[ShortWord + 1], ref ids);
            return;
        }

        most = Encoding.UTF8.GetByteCount(word);
        var (bytes, best, reached) = (ArrayPool<byte>.Shared.Rent(most), ArrayPool<double>.Shared.Rent(most + 1), ArrayPool<int>.Shared.Rent(most + 1));
        try
        {
            Spell(word, bytes, best, reached, ref ids);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<double>.Shared.Return(best);
            ArrayPool<int>.Shared.Return(reached);
        }
    }

    private void Spell(scoped ReadOnlySpan<char> word, scoped Span<byte> buffer, scoped Span<double> best, scoped Span<int> reached, ref PooledBuffer<int> ids)
    {
        Utf8.FromUtf16(word, buffer, out _, out var length);
        ReadOnlySpan<byte> bytes = buffer[..length];
        best = best[..(length + 1)];
        reached = reached[..(length + 1)];
        FindBestPath(bytes, best, reached);
        AppendPath(bytes, reached, ref ids);
    }

    /// <summary>
    /// Goes through the places between characters from left to right. Of equally likely ways to a place the one that was found first stays.
    /// </summary>
    /// <param name="bytes">The word.</param>
    /// <param name="best">For each place, the sum of the best way there.</param>
    /// <param name="reached">For each place, the last piece of that way.</param>
    private void FindBestPath(ReadOnlySpan<byte> bytes, Span<double> best, Span<int> reached)
    {
        reached.Fill(NotReached);
        best[0] = 0;
        for (var start = 0; start < bytes.Length;)
        {
            var sum = best[start];
            var next = start + CharacterLength(bytes[start]);
            var isKnown = false;
            var node = PieceTrie.Root;
            for (var end = start; end < bytes.Length;)
            {
                node = _trie.Next(node, bytes[end++]);
                if (node == PieceTrie.None)
                {
                    break;
                }

                var piece = _trie.PieceAt(node);
                if (piece != PieceTrie.None)
                {
                    Reach(end, piece, sum + _scores[piece], best, reached);
                    isKnown |= end == next;
                }
            }

            if (!isKnown)
            {
                Reach(next, UnknownCharacter, sum + _unknownScore, best, reached);
            }

            start = next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reach(int place, int piece, double sum, Span<double> best, Span<int> reached)
    {
        if (reached[place] == NotReached || sum > best[place])
        {
            best[place] = sum;
            reached[place] = piece;
        }
    }

    /// <summary>Follows the best path from its end. Neighbouring unknown characters are one.</summary>
    private void AppendPath(scoped ReadOnlySpan<byte> bytes, scoped ReadOnlySpan<int> reached, ref PooledBuffer<int> ids)
    {
        var before = ids.Count;
        for (var end = bytes.Length; end > 0;)
        {
            if (reached[end] != UnknownId && reached[end] != UnknownCharacter)
            {
                ids.Add(reached[end]);
                end -= _lengths[reached[end]];
                continue;
            }

            var start = end;
            while (start > 0 && (reached[start] == UnknownId || reached[start] == UnknownCharacter))
            {
                start -= reached[start] == UnknownId ? _lengths[UnknownId] : LastCharacterLength(bytes[..start]);
            }

            AppendUnknownReversed(bytes[start..end], ref ids);
            end = start;
        }

        ids.Items[before..].Reverse();
    }

    /// <summary>What is unknown may be a piece as a whole (which is less likely, or the unknown piece itself), or be spelled with bytes.</summary>
    private void AppendUnknownReversed(scoped ReadOnlySpan<byte> bytes, ref PooledBuffer<int> ids)
    {
        var whole = _trie.Find(bytes);
        var areBytesKnown = ByteFallback && whole == PieceTrie.None;
        for (var index = 0; areBytesKnown && index < bytes.Length; index++)
        {
            areBytesKnown = _byteIds[bytes[index]] != PieceTrie.None;
        }

        if (!areBytesKnown)
        {
            ids.Add(whole == PieceTrie.None ? UnknownId : whole);
            return;
        }

        for (var index = bytes.Length - 1; index >= 0; index--)
        {
            ids.Add(_byteIds[bytes[index]]);
        }
    }

    private static int CharacterLength(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    private static int LastCharacterLength(ReadOnlySpan<byte> bytes)
    {
        var length = 1;
        while ((bytes[^length] & 0xC0) == 0x80)
        {
            length++;
        }

        return length;
    }
}
