using System.Buffers;
using System.Globalization;
using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>
/// The normalizer of SentencePiece models. A grapheme cluster of less than six bytes that starts with a key of the map becomes the replacement of
/// that key as a whole, whatever else is in it; in any other each character is looked up by itself.
/// </summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int LongestMapped = 5;

    private readonly CharacterMap _map;
    private readonly SearchValues<char> _plain;

    /// <param name="encoded">The map in Base64, as tokenizer.json has it.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public PrecompiledNormalizer(string encoded)
    {
        Encoded = encoded;
        try
        {
            _map = new CharacterMap(Convert.FromBase64String(encoded));
        }
        catch (FormatException exception)
        {
            throw new ArgumentException("what is not Base64", exception);
        }

        // A carriage return and a line feed are one cluster.
        _plain = SearchValues.Create([.. Enumerable.Range(0, 128).Where(code => code != '\r' && !_map.TryMap([(byte)code], out _)).Select(code => (char)code)]);
    }

    /// <summary>The map in Base64.</summary>
    public string Encoded { get; }

    /// <summary>Whether a character of ASCII stays as it is when characters of ASCII surround it.</summary>
    public bool Keeps(char character) => _plain.Contains(character);

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        if (WellFormed.IsCertain(text))
        {
            NormalizeWellFormed(text, ref result);
            return;
        }

        var wellFormed = new PooledBuffer<char>(text.Length);
        try
        {
            WellFormed.Append(text, ref wellFormed);
            NormalizeWellFormed(wellFormed.Items, ref result);
        }
        finally
        {
            wellFormed.Dispose();
        }
    }

    private void NormalizeWellFormed(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(_plain);
            plain = plain < 0 ? text.Length : plain;
            if (plain > 0 && plain < text.Length && !char.IsAscii(text[plain]))
            {
                // What is not ASCII may belong to the cluster of the character before it.
                plain--;
            }

            if (plain > 0)
            {
                result.AddRange(text[..plain]);
                text = text[plain..];
                continue;
            }

            var length = StringInfo.GetNextTextElementLength(text);
            AppendCluster(text[..length], ref result);
            text = text[length..];
        }
    }

    private void AppendCluster(ReadOnlySpan<char> cluster, ref PooledBuffer<char> result)
    {
        Span<byte> utf8 = stackalloc byte[LongestMapped];
        if (cluster.Length <= LongestMapped && Encoding.UTF8.TryGetBytes(cluster, utf8, out var written) && _map.TryMap(utf8[..written], out var replacement))
        {
            AppendUtf8(replacement, ref result);
            return;
        }

        foreach (var rune in cluster.EnumerateRunes())
        {
            if (_map.TryMap(utf8[..rune.EncodeToUtf8(utf8)], out replacement))
            {
                AppendUtf8(replacement, ref result);
            }
            else
            {
                rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
            }
        }
    }

    private static void AppendUtf8(scoped ReadOnlySpan<byte> text, ref PooledBuffer<char> result) =>
        Encoding.UTF8.GetChars(text, result.Extend(Encoding.UTF8.GetCharCount(text)));
}
