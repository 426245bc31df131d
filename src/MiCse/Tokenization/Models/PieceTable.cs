namespace MiCse.Tokenization.Models;

/// <summary>
/// Finds the longest entry a word starts with: hashes of all prefixes come from one pass over the word, and open addressing compares
/// text only where a hash agrees. Immutable and thread-safe.
/// </summary>
internal sealed class PieceTable
{
    private readonly string?[] _texts;
    private readonly uint[] _hashes;
    private readonly int[] _ids;
    private readonly int _longest;

    /// <param name="entries">The entries by their ids; null and empty are none.</param>
    public PieceTable(IReadOnlyList<string?> entries)
    {
        // At most half full, so that most probes for absent prefixes end at once.
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(Count(entries) * 2, 16));
        _texts = new string?[size];
        _hashes = new uint[size];
        _ids = new int[size];
        for (var id = 0; id < entries.Count; id++)
        {
            if (entries[id] is not { Length: > 0 } text)
            {
                continue;
            }

            var hash = HashStart;
            foreach (var character in text)
            {
                hash = Hash(hash, character);
            }

            var slot = Slot(hash);
            while (_texts[slot] is not null)
            {
                slot = (slot + 1) & (size - 1);
            }

            (_texts[slot], _hashes[slot], _ids[slot]) = (text, hash, id);
            _longest = Math.Max(_longest, text.Length);
        }
    }

    private const uint HashStart = 2166136261;

    /// <summary>How many of the texts are entries.</summary>
    public static int Count(IReadOnlyList<string?> entries)
    {
        var count = 0;
        for (var id = 0; id < entries.Count; id++)
        {
            count += string.IsNullOrEmpty(entries[id]) ? 0 : 1;
        }

        return count;
    }

    /// <summary>The longest entry at the start of the word; false when there is none.</summary>
    public bool TryMatch(ReadOnlySpan<char> word, out int id, out int length)
    {
        const int Room = 64;
        var longest = Math.Min(word.Length, _longest);
        Span<uint> hashes = longest <= Room ? stackalloc uint[Room] : new uint[longest];
        var hash = HashStart;
        for (var index = 0; index < longest; index++)
        {
            hash = Hash(hash, word[index]);
            hashes[index] = hash;
        }

        for (length = longest; length > 0; length--)
        {
            hash = hashes[length - 1];
            var slot = Slot(hash);
            while (_texts[slot] is { } text)
            {
                if (_hashes[slot] == hash && word[..length].SequenceEqual(text))
                {
                    id = _ids[slot];
                    return true;
                }

                slot = (slot + 1) & (_texts.Length - 1);
            }
        }

        id = -1;
        return false;
    }

    // FNV-1a over UTF-16 units; its low bits are weak, so the slot mixes the high ones in.
    private static uint Hash(uint hash, char character) => (hash ^ character) * 16777619;

    private int Slot(uint hash) => (int)((hash ^ (hash >> 15)) & (uint)(_texts.Length - 1));
}
