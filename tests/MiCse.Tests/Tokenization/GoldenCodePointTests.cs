using System.Globalization;
using System.Text.Json;
using System.Text;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;

namespace MiCse.Tests.Tokenization;

/// <summary>Every code point behaves as in the Rust tokenizer.</summary>
public class GoldenCodePointTests
{
    private static readonly BertNormalizer Normalizer = new(new BertNormalization());
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Fixture.Path("tokenizer", "codepoints.json"))).RootElement;

    [Fact]
    public void Class_of_every_code_point()
    {
        var seen = 0;
        var wrong = new List<string>();
        foreach (var range in Golden.GetProperty("fast").EnumerateArray())
        {
            for (var codePoint = Hex(range[0].GetString()!); codePoint <= Hex(range[1].GetString()!); codePoint++, seen++)
            {
                var found = ClassOf(codePoint);
                if (found != range[2].GetString())
                {
                    wrong.Add($"{codePoint:X4} {found} instead of {range[2]}");
                }
            }
        }

        Assert.Empty(wrong.Take(20));
        Assert.Equal(0x110000 - 0x800, seen);
    }

    [Fact]
    public void Mapping_of_every_code_point()
    {
        var mapped = Golden.GetProperty("mapped_fast").EnumerateObject().ToDictionary(entry => Hex(entry.Name), entry => entry.Value.GetString()!);
        var wrong = new List<string>();
        for (var codePoint = 0; codePoint < 0x110000; codePoint++)
        {
            // Hangul is left out of the table: its jamo are those of the Unicode standard, tested below.
            if (codePoint is (>= 0xD800 and < 0xE000) or (>= 0xAC00 and <= 0xD7A3) || ClassOf(codePoint) is "removed" or "space")
            {
                continue;
            }

            var text = new Rune(codePoint).ToString();
            var found = Normalizer.Normalize(text).Trim(' ');
            if (found != mapped.GetValueOrDefault(codePoint, text))
            {
                wrong.Add($"{codePoint:X4} {found}");
            }
        }

        Assert.Empty(wrong.Take(20));
    }

    [Theory]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("한", "\u1112\u1161\u11AB")]
    [InlineData("힣", "\u1112\u1175\u11C2")]
    public void Hangul_becomes_its_jamo(string syllable, string jamo) => Assert.Equal(jamo, Normalizer.Normalize(syllable));

    private static string ClassOf(int codePoint)
    {
        var rune = new Rune(codePoint);
        var words = new List<string>();
        foreach (var word in BertPreTokenizer.WordsOf(Normalizer.Normalize($"a{rune}b")))
        {
            words.Add(word.ToString());
        }

        return words switch
        {
            ["ab"] => "removed",
            ["a", "b"] => "space",
            ["a", _, "b"] => "split",
            [_] => "joined",
            _ => string.Join('|', words),
        };
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
