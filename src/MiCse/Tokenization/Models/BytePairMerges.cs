using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>
/// Byte-pair encoding of one word: of all neighbours that can be merged the earliest learnt pair, and of equal ones the leftmost, is
/// merged until none is left. O(n log n) in the length of the word. Immutable and thread-safe.
/// </summary>
internal sealed class BytePairMerges
{
    private readonly int?[] _byteIds = new int?[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;

    /// <param name="ids">The vocabulary.</param>
    /// <param name="merges">Pairs in the order they were learnt.</param>
    /// <param name="unknown">The id of a byte the vocabulary lacks; null: such bytes are dropped.</param>
    /// <exception cref="ArgumentException">A merge needs a token that is not in the vocabulary.</exception>
    public BytePairMerges(IReadOnlyDictionary<string, int> ids, IReadOnlyList<(string Left, string Right)> merges, int? unknown)
    {
        for (var value = 0; value < 256; value++)
        {
            _byteIds[value] = ids.TryGetValue(ByteAlphabet.Characters[value].ToString(), out var id) ? id : unknown;
        }

        _merges = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            _merges[(IdOf(left, rank), IdOf(right, rank))] = (rank, IdOf(left + right, rank));
        }

        int IdOf(string token, int rank) => ids.TryGetValue(token, out var id)
            ? id
            : throw new ArgumentException(
                $"Merge {rank + 1} ('{merges[rank].Left} {merges[rank].Right}') needs '{token}', which the vocabulary lacks.");
    }

    /// <summary>Appends the ids of one word.</summary>
    public void Append(ReadOnlySpan<char> word, ref PooledBuffer<int> ids)
    {
        var bytes = new PooledBuffer<byte>(word.Length * 3);
        var symbols = new PooledBuffer<Symbol>(word.Length * 3);
        try
        {
            bytes.Count = Encoding.UTF8.GetBytes(word, bytes.Extend(Encoding.UTF8.GetByteCount(word)));
            foreach (var value in bytes.Items)
            {
                if (_byteIds[value] is { } id)
                {
                    symbols.Add(new Symbol(id, symbols.Count - 1, symbols.Count + 1));
                }
            }

            Merge(symbols.Items);
            for (var index = 0; index < symbols.Count; index = symbols.Items[index].Next)
            {
                ids.Add(symbols.Items[index].Id);
            }
        }
        finally
        {
            bytes.Dispose();
            symbols.Dispose();
        }
    }

    /// <summary>Merges within a linked list; a merged symbol stays at the place of its left part, so the list starts at 0.</summary>
    private void Merge(Span<Symbol> symbols)
    {
        var queue = new PriorityQueue<int, (int Rank, int Position)>();
        for (var index = 0; index + 1 < symbols.Length; index++)
        {
            Enqueue(symbols, index, queue);
        }

        while (queue.TryDequeue(out var left, out var entry))
        {
            // Entries are not taken out when a neighbour changes; they no longer fit then.
            if (!TryFind(symbols, left, out var merge) || merge.Rank != entry.Rank)
            {
                continue;
            }

            var right = symbols[left].Next;
            var next = symbols[right].Next;
            symbols[left] = new Symbol(merge.Id, symbols[left].Previous, next);
            symbols[right] = Symbol.Gone;
            if (next < symbols.Length)
            {
                symbols[next] = symbols[next] with { Previous = left };
                Enqueue(symbols, left, queue);
            }

            if (symbols[left].Previous >= 0)
            {
                Enqueue(symbols, symbols[left].Previous, queue);
            }
        }
    }

    private void Enqueue(Span<Symbol> symbols, int left, PriorityQueue<int, (int Rank, int Position)> queue)
    {
        if (TryFind(symbols, left, out var merge))
        {
            queue.Enqueue(left, (merge.Rank, left));
        }
    }

    private bool TryFind(Span<Symbol> symbols, int left, out (int Rank, int Id) merge)
    {
        merge = default;
        var symbol = symbols[left];
        return symbol != Symbol.Gone
            && symbol.Next < symbols.Length
            && _merges.TryGetValue((symbol.Id, symbols[symbol.Next].Id), out merge);
    }

    private readonly record struct Symbol(int Id, int Previous, int Next)
    {
        public static Symbol Gone => new(-1, -1, -1);
    }
}
