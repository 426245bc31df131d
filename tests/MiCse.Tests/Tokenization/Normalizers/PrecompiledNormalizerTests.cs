using System.Globalization;
using System.Text;
using CsCheck;
using MiCse.Tokenization.Normalizers;

namespace MiCse.Tests.Tokenization.Normalizers;

public class PrecompiledNormalizerTests
{
    private static readonly Dictionary<string, string> Map = new()
    {
        ["\t"] = " ", ["\u0001"] = "", ["ｅ"] = "e", ["é"] = "é", ["´"] = " \u0301", ["a\u0308"] = "ä", ["Ａ"] = "A", ["\r"] = " ", ["Ａ\u0301"] = "?", ["中"] = "文",
        ["\U0001F600"] = ":)",
    };

    private static readonly PrecompiledNormalizer Normalizer = new(CharacterMapWriter.Encode(Map));

    [Theory]
    [InlineData("", "")]
    [InlineData("plain text", "plain text")]
    [InlineData("\ta\u0001b", " ab")]
    [InlineData("ｅ\u0301x", "ex")]
    [InlineData("Ａ\u0301", "A")]
    [InlineData("a\u0308\u0301", "ä")]
    [InlineData("a\u0308\u0301\u0301", "a\u0308\u0301\u0301")]
    [InlineData("e\u0301\u0301\u0301ｅ", "e\u0301\u0301\u0301e")]
    [InlineData("\r\nb", " b")]
    [InlineData("中\U0001F600", "文:)")]
    [InlineData("a\u0001\u0308", "a\u0308")]
    public void Clusters(string text, string normalized) => Assert.Equal(normalized, Normalizer.Normalize(text));

    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("a\uFFFDe", Normalizer.Normalize("a\uD83Dｅ"));

    [Fact]
    public void Any_text_is_what_the_definition_says() =>
        Gen.OneOf([.. Map.Keys, "a", "b", " ", "\n", "\u0301", "\u0308", "\u200D", "\u0600", "\u1100", "\u1161", "\uAC00", "\uD83D", "\U0001F1E9"]).Array[0, 20].Select(string.Concat)
            .Sample(text => Assert.Equal(Slow(text), Normalizer.Normalize(text)), iter: 10_000);

    [Fact]
    public void Damaged_maps_are_refused_or_harmless() =>
        Gen.Select(Gen.Const(CharacterMapWriter.Write(Map)), Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[0, 8], Gen.Int[0, 1 << 20]).Sample(
            (bytes, changes, length) =>
            {
                bytes = [.. bytes[..(bytes.Length - (length % 3 == 0 ? length % bytes.Length : 0))]];
                foreach (var (place, value) in changes)
                {
                    if (bytes.Length > 0)
                    {
                        bytes[place % bytes.Length] = value;
                    }
                }

                try
                {
                    var normalizer = new PrecompiledNormalizer(Convert.ToBase64String(bytes));
                    Assert.True(normalizer.Normalize(string.Concat(Map.Keys) + "xyz").Length < 40_000);
                }
                catch (ArgumentException refusal)
                {
                    Assert.DoesNotContain('\n', refusal.Message);
                }
            },
            iter: 3_000);

    [Fact]
    public void A_replacement_that_is_far_too_long_is_refused() => Assert.Contains(
        "1024 bytes",
        Assert.Throws<ArgumentException>(() => new PrecompiledNormalizer(CharacterMapWriter.Encode(new Dictionary<string, string> { ["a"] = new('b', 2_000) }))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAA==")]
    [InlineData("////fwAA")]
    public void What_is_no_map_is_refused(string encoded) => Assert.Throws<ArgumentException>(() => new PrecompiledNormalizer(encoded));

    private static string Slow(string text)
    {
        var result = new StringBuilder();
        var elements = StringInfo.GetTextElementEnumerator(string.Concat(text.EnumerateRunes()));
        while (elements.MoveNext())
        {
            var cluster = elements.GetTextElement();
            result.Append(Encoding.UTF8.GetByteCount(cluster) < 6 && Replacement(cluster) is { } whole
                ? whole : string.Concat(cluster.EnumerateRunes().Select(rune => Replacement(rune.ToString()) ?? rune.ToString())));
        }

        return result.ToString();
    }

    private static string? Replacement(string text) =>
        Map.Where(entry => text.StartsWith(entry.Key, StringComparison.Ordinal)).OrderBy(entry => entry.Key.Length).Select(entry => entry.Value).FirstOrDefault();
}
