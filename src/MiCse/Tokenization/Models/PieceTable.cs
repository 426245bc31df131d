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

    public PieceTable(IReadOnlyCollection<(string Text, int Id)> entries)
    {
        // At most half full, so that most probes for absent prefixes end at once.
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(entries.Count * 2, 16));
        _texts = new string?[size];
        _hashes = new uint[size];
        _ids = new int[size];
        foreach (var (text, id) in entries)
        {
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
