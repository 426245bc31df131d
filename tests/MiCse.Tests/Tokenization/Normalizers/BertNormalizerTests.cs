using MiCse.Tokenization.Normalizers;

namespace MiCse.Tests.Tokenization.Normalizers;

public class BertNormalizerTests
{
    private static readonly BertNormalization Nothing = new() { CleanText = false, SplitIdeographs = false, StripAccents = false, LowerCase = false };

    [Theory]
    [InlineData("Crème\u00A0BRÛLÉE", "creme brulee")]
    [InlineData("ﬁ Ⅷ ß ẞ ΑΣ", "ﬁ ⅷ ß ß ας")]
    [InlineData("İstanbul", "istanbul")]
    public void Uncased(string text, string expected) =>
        Assert.Equal(expected.Replace('ς', 'σ'), new BertNormalizer(new BertNormalization()).Normalize(text));

    [Fact]
    public void Nothing_changes_when_everything_is_off()
    {
        const string Text = "A\tÉ\u0301中\u0000\uFFFD\u200B Ω";
        Assert.Equal(Text, new BertNormalizer(Nothing).Normalize(Text));
    }

    [Fact]
    public void Cleaning_removes_control_characters_and_turns_white_space_into_spaces() =>
        Assert.Equal("a  b cd", new BertNormalizer(Nothing with { CleanText = true }).Normalize("a\t\nb\u3000c\u0007\u200D\uE000\uFFFD\uD800d"));

    [Fact]
    public void Ideographs_get_spaces_around_them() =>
        Assert.Equal("a 中  文 かな", new BertNormalizer(Nothing with { SplitIdeographs = true }).Normalize("a中文かな"));

    [Fact]
    public void Accents_go_without_lower_case() =>
        Assert.Equal("AEo a 豈", new BertNormalizer(Nothing with { StripAccents = true }).Normalize("ÀÉő a\u0301 \uF900"));

    [Fact]
    public void Lower_case_leaves_accents_alone() =>
        Assert.Equal("é i\u0307 σ \U00010428", new BertNormalizer(Nothing with { LowerCase = true }).Normalize("É İ Σ \U00010400"));

    [Fact]
    public void A_lone_surrogate_is_a_replacement_character() => Assert.Equal("a\uFFFD", new BertNormalizer(Nothing).Normalize("a\uDC00"));

    [Theory]
    [InlineData("a\u302E\U0001D165", "a\U0001D165\u302E")]
    [InlineData("a\u302E\u0301\U0001D165", "a\U0001D165\u302E")] // an accent in between belongs to the same run
    [InlineData("a\u302E\u034F\U0001D165", "a\u302E\U0001D165")] // one of class 0 separates
    [InlineData("a\u302E\U0001D165\u302Fb\u302E", "a\U0001D165\u302E\u302Fb\u302E")]
    public void Marks_that_stay_are_put_into_canonical_order(string text, string expected) =>
        Assert.Equal(expected, new BertNormalizer(Nothing with { StripAccents = true }).Normalize(text));
}
