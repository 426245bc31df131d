using MiCse.Tokenization.Files;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization;

/// <summary>
/// Where a long text can be cut so that its pieces, tokenized one after the other, give the ids of the whole: before the first space after a
/// word, if no stage looks across it. So the memory does not grow with the text, and what is not needed is not computed. Immutable and thread-safe.
/// </summary>
internal sealed class TextPieces
{
    /// <summary>The length of pieces, in UTF-16 code units, unless a test asks for another.</summary>
    public const int UsualLength = 1 << 14;

    private readonly int _length;
    private readonly bool _atSpaces;
    private readonly bool _atIdeographs;
    private readonly bool _betweenWords;

    /// <param name="parts">The stages.</param>
    /// <param name="normalizedTokens">The added tokens that are looked for in the normalized text, as they are spelled there.</param>
    /// <param name="length">The length from which on a piece ends at the next place where it can.</param>
    public TextPieces(TokenizerParts parts, IEnumerable<SpelledToken> normalizedTokens, int length)
    {
        _length = Math.Max(length, 1);
        var first = PreTokenizerSequence.StagesOf(parts.PreTokenizer).FirstOrDefault();
        var dropsWhiteSpace = first is BertPreTokenizer or WhitespacePreTokenizer or WhitespaceSplitPreTokenizer;
        var keepsWhiteSpace = first is ByteLevelPreTokenizer { UseRegex: true };
        var marksSpaces = first is MetaspacePreTokenizer { Splits: true };

        // A token that is found across a cut, or takes white space after it along, needs the text in one piece.
        var isLocal = normalizedTokens.All(entry => !entry.Token.RightStrip && !entry.Text.Any(CharacterClasses.IsWhiteSpace));
        _atSpaces = isLocal && (dropsWhiteSpace || keepsWhiteSpace)
            && NormalizerSequence.StagesOf(parts.Normalizer).All(dropsWhiteSpace ? IsLocal : KeepsWhiteSpace);
        _betweenWords = isLocal && (dropsWhiteSpace || marksSpaces)
            && NormalizerSequence.StagesOf(parts.Normalizer).All(stage => IsLocalBetweenWords(stage, dropsWhiteSpace));
        _atIdeographs = isLocal && dropsWhiteSpace && parts.Normalizer is BertNormalizer { Settings.SplitIdeographs: true };
    }

    /// <summary>The length of the first piece of a text: all of it when it is short, or cannot be cut.</summary>
    public int FirstLength(ReadOnlySpan<char> text)
    {
        if (!_atSpaces)
        {
            return _betweenWords ? LengthOfWords(text) : text.Length;
        }

        for (var index = _length; index < text.Length; index++)
        {
            if (text[index] == ' ' ? !CharacterClasses.IsWhiteSpace(text[index - 1])
                : _atIdeographs && (CodePoints.TraitsOf(text[index]) & CodePointTraits.Ideograph) != 0)
            {
                return index;
            }
        }

        return text.Length;
    }

    /// <summary>The length up to the first space with a letter or digit of ASCII on either side.</summary>
    private int LengthOfWords(ReadOnlySpan<char> text)
    {
        for (var index = _length; index < text.Length - 1; index++)
        {
            if (text[index] == ' ' && char.IsAsciiLetterOrDigit(text[index - 1]) && char.IsAsciiLetterOrDigit(text[index + 1]))
            {
                return index;
            }
        }

        return text.Length;
    }

    /// <summary>Whether a space stays a space, and what is before and after it does not change with what is on its other side.</summary>
    private static bool IsLocal(INormalizer stage) =>
        stage is BertNormalizer or LowercaseNormalizer or StripAccentsNormalizer or NormalFormNormalizer;

    /// <summary>Whether it is local and neither makes nor removes white space, nor all of what lies between white space.</summary>
    private static bool KeepsWhiteSpace(INormalizer stage) =>
        stage is LowercaseNormalizer or NormalFormNormalizer { Form: NormalForm.Nfc or NormalForm.Nfd };

    /// <summary>Whether a space between two letters or digits of ASCII, and these, stay what they are, and what is before and after does not change.</summary>
    private static bool IsLocalBetweenWords(INormalizer stage, bool dropsWhiteSpace) => stage switch
    {
        PrecompiledNormalizer precompiled => precompiled.Keeps(' ') && LettersAndDigits.All(precompiled.Keeps),
        StripNormalizer strip => !strip.Left || dropsWhiteSpace,
        ReplaceNormalizer { IsRegex: true, Pattern: " {2,}" } => true,
        ReplaceNormalizer { IsRegex: false } replace => !(replace.Pattern + replace.Content).Any(character => char.IsAsciiLetterOrDigit(character) || character == ' '),
        NmtNormalizer => true,
        _ => IsLocal(stage),
    };

    private static IEnumerable<char> LettersAndDigits => Enumerable.Range('0', 'z' - '0' + 1).Select(code => (char)code).Where(char.IsAsciiLetterOrDigit);
}
