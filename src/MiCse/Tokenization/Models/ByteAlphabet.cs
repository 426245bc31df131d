namespace MiCse.Tokenization.Models;

/// <summary>
/// The characters that stand for bytes in a byte-level vocabulary: printable Latin-1 stands for itself, the other 68 bytes for U+0100
/// and on in their order, so that the space is <c>Ġ</c>.
/// </summary>
internal static class ByteAlphabet
{
    /// <summary>How a space at the front of a token is spelled.</summary>
    public const char Space = 'Ġ';

    /// <summary>The character of every byte.</summary>
    public static IReadOnlyList<char> Characters { get; } = Build();

    private static char[] Build()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
        {
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : next++;
        }

        return characters;
    }
}
