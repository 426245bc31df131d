using System.Text;

namespace MiCse.Tokenization.Text;

/// <summary>The class of every character, from tables of our own. Immutable.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Classes = Read();

    public static CharacterClass Of(Rune rune) => Classes[rune.Value];

    public static bool IsWhiteSpace(char character) => Classes[character] == CharacterClass.WhiteSpace;

    public static bool IsWord(Rune rune) => Of(rune) is CharacterClass.Letter or CharacterClass.Number or CharacterClass.OtherWord;

    private static CharacterClass[] Read()
    {
        var classes = new CharacterClass[0x110000];
        for (var ranges = new RangeTable(CharacterClassTable.Classes); ranges.MoveNext();)
        {
            classes.AsSpan(ranges.First..(ranges.Last + 1)).Fill(ranges.Value switch
            {
                "L" => CharacterClass.Letter,
                "N" => CharacterClass.Number,
                "O" => CharacterClass.OtherNumber,
                "S" => CharacterClass.WhiteSpace,
                _ => CharacterClass.OtherWord,
            });
        }

        return classes;
    }
}
