using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.Normalizers;

public class NormalizerTests
{
    [Fact]
    public void Lowercase() => Assert.Equal("ασ i\u0307 éx", new LowercaseNormalizer().Normalize("ΑΣ İ Éx"));

    [Fact]
    public void Strip_accents_removes_all_three_kinds_of_marks_and_leaves_what_is_composed() =>
        Assert.Equal("eéa", new StripAccentsNormalizer().Normalize("e\u0301é\u0903\u20DDa"));

    [Fact]
    public void Lone_surrogates_are_replacement_characters() => Assert.All(
        new INormalizer[]
        {
            new NormalFormNormalizer(NormalForm.Nfc), new LowercaseNormalizer(), new StripAccentsNormalizer(), new StripNormalizer(true, true),
            new ReplaceNormalizer("x", "y"), new PrependNormalizer(""), new NormalizerSequence([]),
        },
        normalizer => Assert.Equal("a\uFFFD🙂\uFFFD", normalizer.Normalize("a\uDC00🙂\uD800")));

    [Theory]
    [InlineData(true, true, "a b")]
    [InlineData(true, false, "a b\u3000\n")]
    [InlineData(false, true, " \ta b")]
    [InlineData(false, false, " \ta b\u3000\n")]
    public void Strip(bool left, bool right, string expected) => Assert.Equal(expected, new StripNormalizer(left, right).Normalize(" \ta b\u3000\n"));

    [Fact]
    public void Strip_leaves_nothing_of_white_space() => Assert.Equal("", new StripNormalizer(true, true).Normalize(" \n "));

    [Theory]
    [InlineData("a``b````", "a\"b\"\"")]
    [InlineData("```", "\"`")] // from left to right
    [InlineData("`x", "`x")]
    public void Replace(string text, string expected) => Assert.Equal(expected, new ReplaceNormalizer("``", "\"").Normalize(text));

    [Theory]
    [InlineData("a", "▁a")]
    [InlineData("", "")]
    public void Prepend(string text, string expected) => Assert.Equal(expected, new PrependNormalizer("▁").Normalize(text));

    [Fact]
    public void A_sequence_is_one_after_the_other()
    {
        INormalizer[] stages = [new NormalFormNormalizer(NormalForm.Nfkd), new StripAccentsNormalizer(), new LowercaseNormalizer(), new ReplaceNormalizer("fi", "F")];
        Assert.Equal("Fne e", new NormalizerSequence(stages).Normalize("ﬁne É"));
        Assert.Equal("fne e\u0301", new NormalizerSequence([.. stages.Reverse()]).Normalize("fine É"));
    }
}
