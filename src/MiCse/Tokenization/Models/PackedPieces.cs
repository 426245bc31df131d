using System.Numerics;

namespace MiCse.Tokenization.Models;

/// <summary>
/// Finds the longest entry a packed word starts with, by open addressing on the words themselves: an entry that agrees is the entry, and no
/// text is read. Immutable and thread-safe.
/// </summary>
internal sealed class PackedPieces
{
    private readonly Slot[] _slots;
    private readonly int _shift;

    /// <param name="texts">The entries by their ids; those that cannot be packed are left out, no packed word starts with them. Null and empty are none.</param>
    public PackedPieces(IReadOnlyList<string?> texts)
    {
        // At most half full, so that most probes for absent prefixes end at once.
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(PieceTable.Count(texts) * 2, 16));
        _shift = 64 - BitOperations.Log2(size);
        _slots = new Slot[size];
        for (var id = 0; id < texts.Count; id++)
        {
            if (texts[id] is { Length: > 0 } text && PackedWord.TryPack(text, out var word))
            {
                var slot = SlotOf(word);
                while (!_slots[slot].IsEmpty)
                {
                    slot = Next(slot);
                }

                _slots[slot] = new Slot(word, id);
            }
        }
    }

    /// <summary>The longest entry at the start of the word; false when there is none.</summary>
    /// <param name="word">The word.</param>
    /// <param name="longest">Its length.</param>
    /// <param name="id">The entry's id.</param>
    /// <param name="length">The entry's length.</param>
    public bool TryMatch(PackedWord word, int longest, out int id, out int length)
    {
        for (length = longest; length > 0; length--)
        {
            var prefix = word.Prefix(length);
            for (var slot = SlotOf(prefix); !_slots[slot].IsEmpty; slot = Next(slot))
            {
                if (_slots[slot].Word == prefix)
                {
                    id = _slots[slot].Id;
                    return true;
                }
            }
        }

        id = -1;
        return false;
    }

    // The high bits of a product depend on all bits of its factors.
    private int SlotOf(PackedWord word) => (int)(((word.Low * 0x9E3779B97F4A7C15) ^ (word.High * 0xC2B2AE3D27D4EB4F)) >> _shift);

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);

    private readonly record struct Slot(PackedWord Word, int Id)
    {
        // The length of a word is part of it, and never 0.
        public bool IsEmpty => Word.High == 0;
    }
}
