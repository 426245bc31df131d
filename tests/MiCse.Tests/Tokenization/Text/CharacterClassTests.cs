using System.Security.Cryptography;
using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.Text;

public class CharacterClassTests
{
    // By tests/Reference/unicode_tables.py: the letters of the classes (- for none) of all code points, and 0 or 1 for marks.
    private const string HashOfClasses = "1b7acfac996d1b798f0b1afdfe48fc8f4e2194ab264299c3e38bf2f057dac7c3";
    private const string HashOfMarks = "e73ca5ef29e5cf0f2da2e546f8fcc325a1c3714185763d22f88a4781e79f795d";

    [Theory]
    [InlineData("aßЖ中ʰ𐐀", CharacterClass.Letter)]
    [InlineData("09٣Ⅷ", CharacterClass.Number)]
    [InlineData("½²①", CharacterClass.OtherNumber)]
    [InlineData(" \t\u0085\u00A0\u3000", CharacterClass.WhiteSpace)]
    [InlineData("_\u0301\u0903\u200DⒶ", CharacterClass.OtherWord)]
    [InlineData("!+€\u00AD\u200B\u0000\uE000\U0010FFFF", CharacterClass.Other)]
    public void Examples(string characters, object expected) =>
        Assert.All(characters.EnumerateRunes(), rune => Assert.Equal((CharacterClass)expected, CharacterClasses.Of(rune)));

    [Fact]
    public void All_code_points() => Assert.Equal(
        HashOfClasses,
        Hash(rune => CharacterClasses.Of(rune) switch
        {
            CharacterClass.Letter => 'L',
            CharacterClass.Number => 'N',
            CharacterClass.OtherNumber => 'O',
            CharacterClass.WhiteSpace => 'S',
            CharacterClass.OtherWord => 'W',
            _ => '-',
        }));

    [Fact]
    public void All_marks() => Assert.Equal(HashOfMarks, Hash(rune => Marks.Contains(rune.Value) ? '1' : '0'));

    private static string Hash(Func<Rune, char> letterOf)
    {
        var letters = Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(code => (byte)letterOf(new Rune(code))).ToArray();
        return Convert.ToHexStringLower(SHA256.HashData(letters));
    }
}
