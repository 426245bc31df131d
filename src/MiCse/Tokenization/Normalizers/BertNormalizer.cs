using System.Buffers;
using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>
/// BERT's normalizer: cleaning, ideographs, canonical decomposition without accents, lower case, in this order. Immutable and thread-safe.
/// </summary>
internal sealed class BertNormalizer(BertNormalization settings) : INormalizer
{
    private static readonly SearchValues<char> AllAscii = Range('\0', '\x7F');
    private static readonly SearchValues<char> PrintableAscii = Range(' ', '~');

    private readonly SearchValues<char> _plain = settings.CleanText ? PrintableAscii : AllAscii;
    private readonly bool _stripAccents = settings.StripAccents ?? settings.LowerCase;

    /// <summary>What it does.</summary>
    public BertNormalization Settings => settings;

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        var marks = default(MarkRun);
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(_plain);
            plain = plain < 0 ? text.Length : plain;
            if (plain > 0)
            {
                marks.End(ref result);
                AppendAscii(text[..plain], ref result);
                text = text[plain..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            Append(rune, ref result, ref marks);
            text = text[consumed..];
        }

        marks.End(ref result);
    }

    private static SearchValues<char> Range(char first, char last)
    {
        Span<char> characters = stackalloc char[last - first + 1];
        for (var index = 0; index < characters.Length; index++)
        {
            characters[index] = (char)(first + index);
        }

        return SearchValues.Create(characters);
    }

    private void AppendAscii(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        if (settings.LowerCase)
        {
            Ascii.ToLower(text, result.Extend(text.Length), out _);
        }
        else
        {
            result.AddRange(text);
        }
    }

    private void Append(Rune rune, ref PooledBuffer<char> result, ref MarkRun marks)
    {
        var traits = CodePoints.TraitsOf(rune.Value);
        if (settings.CleanText && (traits & CodePointTraits.Removed) != 0)
        {
            return;
        }

        if (settings.CleanText && (traits & CodePointTraits.WhiteSpace) != 0)
        {
            marks.End(ref result);
            result.Add(' ');
        }
        else if (settings.SplitIdeographs && (traits & CodePointTraits.Ideograph) != 0)
        {
            marks.End(ref result);
            result.Add(' ');
            AppendDecomposed(rune, traits, ref result, ref marks);
            result.Add(' ');
        }
        else
        {
            AppendDecomposed(rune, traits, ref result, ref marks);
        }
    }

    private void AppendDecomposed(Rune rune, CodePointTraits traits, ref PooledBuffer<char> result, ref MarkRun marks)
    {
        if (!_stripAccents)
        {
            AppendLowerCase(rune, traits, ref result);
        }
        else if ((traits & CodePointTraits.NonspacingMark) != 0)
        {
            if ((traits & CodePointTraits.Nonstarter) == 0)
            {
                marks.End(ref result);
            }
        }
        else if ((traits & CodePointTraits.HasBase) == 0)
        {
            AppendInOrder(rune, traits, ref result, ref marks);
        }
        else
        {
            foreach (var part in CodePoints.BaseOf(rune.Value).EnumerateRunes())
            {
                AppendInOrder(part, CodePoints.TraitsOf(part.Value), ref result, ref marks);
            }
        }
    }

    private void AppendInOrder(Rune rune, CodePointTraits traits, ref PooledBuffer<char> result, ref MarkRun marks)
    {
        if ((traits & CodePointTraits.Nonstarter) != 0)
        {
            marks.Append(rune, ref result);
        }
        else
        {
            marks.End(ref result);
            AppendLowerCase(rune, traits, ref result);
        }
    }

    private void AppendLowerCase(Rune rune, CodePointTraits traits, ref PooledBuffer<char> result)
    {
        if (settings.LowerCase && (traits & CodePointTraits.HasLowerCase) != 0)
        {
            result.AddRange(CodePoints.LowerCaseOf(rune.Value));
        }
        else
        {
            rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
        }
    }
}
