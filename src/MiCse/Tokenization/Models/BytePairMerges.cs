namespace MiCse.Tokenization.Models;

/// <summary>
/// Byte-pair encoding of one word: of all neighbours that can be merged the earliest learnt pair, and of equal ones the leftmost, is
/// merged until none is left. O(n log n) in the length of the word. Immutable and thread-safe.
/// </summary>
internal sealed class BytePairMerges
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;

    /// <param name="ids">The vocabulary.</param>
    /// <param name="merges">Pairs in the order they were learnt.</param>
    /// <param name="prefixLength">How many characters at the front of a right part are not a part of the merged token.</param>
    /// <exception cref="ArgumentException">A merge needs a token that is not in the vocabulary.</exception>
    public BytePairMerges(IReadOnlyDictionary<string, int> ids, IReadOnlyList<(string Left, string Right)> merges, int prefixLength)
    {
        _merges = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            _merges[(IdOf(left, rank), IdOf(right, rank))] = (rank, IdOf(left + right[Math.Min(prefixLength, right.Length)..], rank));
        }

        int IdOf(string token, int rank) => ids.TryGetValue(token, out var id)
            ? id
            : throw new ArgumentException(
                $"Merge {rank + 1} ('{merges[rank].Left} {merges[rank].Right}') needs '{token}', which the vocabulary lacks.");
    }

    /// <summary>Merges within a linked list; a merged symbol stays at the place of its left part, so the list starts at 0.</summary>
    public void Merge(Span<BpeSymbol> symbols)
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
            symbols[left] = new BpeSymbol(merge.Id, symbols[left].Previous, next);
            symbols[right] = BpeSymbol.Gone;
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

    private void Enqueue(Span<BpeSymbol> symbols, int left, PriorityQueue<int, (int Rank, int Position)> queue)
    {
        if (TryFind(symbols, left, out var merge))
        {
            queue.Enqueue(left, (merge.Rank, left));
        }
    }

    private bool TryFind(Span<BpeSymbol> symbols, int left, out (int Rank, int Id) merge)
    {
        merge = default;
        var symbol = symbols[left];
        return symbol != BpeSymbol.Gone
            && symbol.Next < symbols.Length
            && _merges.TryGetValue((symbol.Id, symbols[symbol.Next].Id), out merge);
    }
}

/// <summary>A token within a word that is being merged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Previous">The place of the token before it; -1 at the start.</param>
/// <param name="Next">The place of the token after it; the number of places at the end.</param>
internal readonly record struct BpeSymbol(int Id, int Previous, int Next)
{
    /// <summary>Has become a part of another.</summary>
    public static BpeSymbol Gone => new(-1, -1, -1);
}
