using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Models;

/// <summary>What byte-pair encoding starts from: the smallest tokens of a word. Immutable and thread-safe.</summary>
/// <param name="ids">The vocabulary.</param>
/// <param name="settings">What happens to what the vocabulary lacks.</param>
internal abstract class BpeAlphabet(IReadOnlyDictionary<string, int> ids, BpeSettings settings)
{
    private readonly int _unknown = settings.UnknownToken is null ? -1
        : ids.TryGetValue(settings.UnknownToken, out var found) ? found
        : throw new ArgumentException($"The vocabulary has no '{settings.UnknownToken}', which stands for characters that it lacks.");

    /// <summary>Appends the smallest tokens of a word.</summary>
    public abstract void Append(scoped ReadOnlySpan<char> word, ref PooledBuffer<BpeSymbol> symbols);

    /// <summary>The word as the vocabulary spells it.</summary>
    public abstract void Spell(scoped ReadOnlySpan<char> word, ref PooledBuffer<char> spelling);

    /// <summary>Appends a token.</summary>
    protected static void Add(int id, ref PooledBuffer<BpeSymbol> symbols) => symbols.Add(new BpeSymbol(id, symbols.Count - 1, symbols.Count + 1));

    /// <summary>Appends the unknown token in the place of a character.</summary>
    /// <param name="pending">Whether an unknown token waits to be appended until it is known that the character after it is not unknown, too.</param>
    /// <param name="symbols">Where tokens are collected.</param>
    protected void AddUnknown(ref bool pending, ref PooledBuffer<BpeSymbol> symbols)
    {
        if (pending && !settings.FuseUnknown)
        {
            Add(_unknown, ref symbols);
        }

        pending = _unknown >= 0;
    }

    /// <summary>Appends the unknown token if it waits.</summary>
    protected void EndUnknown(ref bool pending, ref PooledBuffer<BpeSymbol> symbols)
    {
        if (pending)
        {
            Add(_unknown, ref symbols);
            pending = false;
        }
    }
}

/// <summary>The UTF-8 bytes of a word, each written as a character (GPT-2).</summary>
internal sealed class ByteLevelAlphabet : BpeAlphabet
{
    private readonly int[] _ids = new int[256];

    public ByteLevelAlphabet(IReadOnlyDictionary<string, int> ids, BpeSettings settings)
        : base(ids, settings)
    {
        for (var value = 0; value < 256; value++)
        {
            _ids[value] = ids.TryGetValue(ByteAlphabet.Characters[value].ToString(), out var id) ? id : -1;
        }
    }

    /// <inheritdoc/>
    public override void Append(scoped ReadOnlySpan<char> word, ref PooledBuffer<BpeSymbol> symbols)
    {
        var bytes = new PooledBuffer<byte>(word.Length * 3);
        try
        {
            Encoding.UTF8.GetBytes(word, bytes.Extend(Encoding.UTF8.GetByteCount(word)));
            var pending = false;
            foreach (var value in bytes.Items)
            {
                if (_ids[value] < 0)
                {
                    AddUnknown(ref pending, ref symbols);
                    continue;
                }

                EndUnknown(ref pending, ref symbols);
                Add(_ids[value], ref symbols);
            }

            EndUnknown(ref pending, ref symbols);
        }
        finally
        {
            bytes.Dispose();
        }
    }

    /// <inheritdoc/>
    public override void Spell(scoped ReadOnlySpan<char> word, ref PooledBuffer<char> spelling)
    {
        var bytes = new PooledBuffer<byte>(word.Length * 3);
        try
        {
            Encoding.UTF8.GetBytes(word, bytes.Extend(Encoding.UTF8.GetByteCount(word)));
            foreach (var value in bytes.Items)
            {
                spelling.Add(ByteAlphabet.Characters[value]);
            }
        }
        finally
        {
            bytes.Dispose();
        }
    }
}

/// <summary>The characters of a word.</summary>
internal sealed class CharacterAlphabet : BpeAlphabet
{
    private readonly BpeSettings _settings;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly int[] _byteIds;

    public CharacterAlphabet(Dictionary<string, int> ids, BpeSettings settings)
        : base(ids, settings)
    {
        _settings = settings;
        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _byteIds = !settings.ByteFallback ? [] : [.. Enumerable.Range(0, 256).Select(value => ids.GetValueOrDefault($"<0x{value:X2}>", -1))];
    }

    /// <inheritdoc/>
    public override void Append(scoped ReadOnlySpan<char> word, ref PooledBuffer<BpeSymbol> symbols)
    {
        var spelling = new PooledBuffer<char>(16);
        try
        {
            var pending = false;
            for (var start = 0; start < word.Length;)
            {
                Rune.DecodeFromUtf16(word[start..], out _, out var length);
                spelling.Count = 0;
                spelling.AddRange(start > 0 ? _settings.ContinuationPrefix : "");
                spelling.AddRange(word.Slice(start, length));
                start += length;
                spelling.AddRange(start == word.Length ? _settings.WordSuffix : "");
                if (_ids.TryGetValue(spelling.Items, out var id))
                {
                    EndUnknown(ref pending, ref symbols);
                    Add(id, ref symbols);
                }
                else if (!_settings.ByteFallback || !TryAddBytes(spelling.Items, ref symbols))
                {
                    // What waits keeps waiting while bytes are appended, as in the original.
                    AddUnknown(ref pending, ref symbols);
                }
            }

            EndUnknown(ref pending, ref symbols);
        }
        finally
        {
            spelling.Dispose();
        }
    }

    /// <inheritdoc/>
    public override void Spell(scoped ReadOnlySpan<char> word, ref PooledBuffer<char> spelling) => spelling.AddRange(word);

    private bool TryAddBytes(scoped ReadOnlySpan<char> spelling, ref PooledBuffer<BpeSymbol> symbols)
    {
        var bytes = new PooledBuffer<byte>(16);
        try
        {
            Encoding.UTF8.GetBytes(spelling, bytes.Extend(Encoding.UTF8.GetByteCount(spelling)));
            foreach (var value in bytes.Items)
            {
                if (_byteIds[value] < 0)
                {
                    return false;
                }
            }

            foreach (var value in bytes.Items)
            {
                Add(_byteIds[value], ref symbols);
            }

            return true;
        }
        finally
        {
            bytes.Dispose();
        }
    }
}
