using CsCheck;
using MiCse.Files;
using MiCse.Tokenization.Patterns;

namespace MiCse.Tests.Tokenization.Patterns;

public class PatternTests
{
    private static readonly Gen<string> Atom = Gen.OneOf(
        "a", "b", "é", ".", "[ab]", "[^a\\s]", "\\s", "\\p{L}", "\\P{L}", "\\d", "[a-c1\\d]", "(?i:B)", "\\n", " ", "\\x61", "\\u0062");

    private static readonly Gen<string> Quantifier = Gen.OneOf("", "", "", "?", "*", "+", "?+", "*+", "++", "??", "*?", "+?", "{2}", "{1,2}", "{0,3}", "{2,}");

    // What is repeated without a limit is never empty.
    private static readonly Gen<string> Expression = Gen.Recursive<string>((depth, inner) =>
        depth > 3 ? Gen.Select(Atom, Quantifier, string.Concat) : Gen.Frequency(
            (4, Gen.Select(Atom, Quantifier, string.Concat)),
            (4, Gen.Select(inner, inner, string.Concat)),
            (2, Gen.Select(inner, inner, (left, right) => $"(?:{left}|{right})")),
            (1, Gen.Select(inner, Gen.OneOf("?", "??", "{0,2}", "{2}"), (part, quantifier) => $"(?:{part}){quantifier}")),
            (1, Gen.Select(inner, Gen.OneOf("*", "+", "*?"), (part, quantifier) => $"(?:a(?:{part})|b){quantifier}")),
            (1, inner.Select(part => $"(?={part})")),
            (1, inner.Select(part => $"(?!{part})")),
            (1, inner.Select(part => $"(?>{part})")),
            (1, Gen.OneOf("(?<=a)", "(?<!b[ab])", "\\b", "\\A", "\\z", "\\B"))));

    private static readonly Gen<string> Text = Gen.OneOf("a", "b", "c", "B", "é", " ", "\n", "1", "aa", "ab").Array[0, 12].Select(string.Concat);

    /// <summary>The twin is not .NET: of nested repetitions it finds other matches than Oniguruma, Perl and Python do.</summary>
    [Fact]
    public void The_first_match_is_that_of_the_slow_twin() => Gen.Select(Expression, Text).Sample(
        (expression, text) =>
        {
            var matches = Pattern.Parse(expression, "").MatchesIn(text);
            (int, int)? found = matches.MoveNext() ? (matches.Start, matches.End) : null;
            matches.Dispose();
            Assert.Equal(new SlowPattern(PatternParser.Parse(expression), text).First(), found);
        },
        iter: 20_000);

    [Theory]
    [InlineData("(?:(?:(?:a(?:.+?)|b)+){2}){2}", "aba1Bbab1b", "aba1Bbab1b")]
    [InlineData("(?>a+)?a", "a", "a")]
    public void Where_DotNet_finds_something_else(string expression, string text, string found) => Matches(expression, text, found);

    /// <summary>What Oniguruma 6.9.10 finds.</summary>
    [Theory]
    [InlineData("\\p{L}+", "a\U0001D400b1\U00020000", "a\U0001D400b|\U00020000")]
    [InlineData(".", "\U0001F600\n", "\U0001F600")]
    [InlineData("x*", "axb", "|x|")]
    [InlineData("\\h+", "xyzaf09g", "af09")]
    [InlineData("(?i)k+", "kK\u212A", "kK\u212A")]
    [InlineData("(?i:'s)", "'\u017F", "'\u017F")]
    [InlineData("a(?i)b|c", "aBaCc", "aB|aC")]
    [InlineData("[^\\s\\p{L}]++", "a1½_ b", "1½_")]
    [InlineData("\\w+", "a½\u200Db", "a½|b")]
    [InlineData("^a|b$", "a\nab\nb", "a|a|b|b")]
    [InlineData("a{,2}b", "aaab", "aab")]
    [InlineData("a{b", "a{b", "a{b")]
    [InlineData("\\p{^L}", "a1", "1")]
    [InlineData("\\p{Han}+", "a中文か", "中文")]
    [InlineData("(ab)+", "abab", "abab")]
    [InlineData("(?>a+)?ab", "aab", "ab")]
    [InlineData("(?>a|ab)c|ab", "abc", "ab")]
    [InlineData("a?+a|b*+b|c++", "abcc", "cc")]
    public void Matches(string expression, string text, string found)
    {
        var matches = Pattern.Parse(expression, "").MatchesIn(text);
        var all = new List<string>();
        while (matches.MoveNext())
        {
            all.Add(text[matches.Start..matches.End]);
        }

        matches.Dispose();
        Assert.Equal(found, string.Join('|', all));
    }

    [Theory]
    [InlineData("(a)\\1", "'\\1' (at character 6)")]
    [InlineData("(?<n>a)", "a group with a name")]
    [InlineData("(?a", "a group that starts with '(?'")]
    [InlineData("(a", "'(' without ')'")]
    [InlineData("a)", "')' without '('")]
    [InlineData("[a", "'[' without ']'")]
    [InlineData("[]", "an empty class")]
    [InlineData("[a[b]]", "'[' or '&&' within a class")]
    [InlineData("[a&&b]", "'[' or '&&' within a class")]
    [InlineData("[z-a]", "ends before it starts")]
    [InlineData("[a-\\d]", "does not end with a character")]
    [InlineData("*a", "a quantifier with nothing before it")]
    [InlineData("(?:a*)*", "a quantifier after what can match the empty text")]
    [InlineData("\\b+", "a quantifier after what can match the empty text")]
    [InlineData("a{2}?", "after a quantifier in braces")]
    [InlineData("a{3,2}", "the larger one")]
    [InlineData("a{5000}", "more than 1000")]
    [InlineData("(?:ab){999}{999}", "more than 10000 steps")]
    [InlineData("(?<=a+)b", "a look-behind whose length varies")]
    [InlineData("\\p{Klingon}", "'\\p{Klingon}'")]
    [InlineData("\\p", "without a name in braces")]
    [InlineData("\\X", "'\\X'")]
    [InlineData("\\", "a backslash at the end")]
    [InlineData("\\x{110000}", "hexadecimal")]
    public void What_is_not_implemented_is_refused_by_name(string expression, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Pattern.Parse(expression, "")).Message, StringComparison.Ordinal);

    [Fact]
    public void Groups_within_groups_have_a_limit() =>
        Assert.Contains("groups in each other", Assert.Throws<ArgumentException>(() => Pattern.Parse(new string('(', 100_000), "")).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_a_pattern_or_refused() => Gen.Char["ab()[]{}|*+?^$.\\pP{L}xu1,-&<=!>:i \uD800"].Array[0, 14].Select(characters => new string(characters)).Sample(
        expression =>
        {
            try
            {
                var matches = Pattern.Parse(expression, "").MatchesIn("ab(a]1 {,");
                while (matches.MoveNext())
                {
                }

                matches.Dispose();
            }
            catch (ArgumentException)
            {
            }
        },
        iter: 20_000);

    [Theory]
    [InlineData("(?:a+)+b")]
    [InlineData("(?:a|aa)+b")]
    [InlineData("(?!(?:a+)+b)c")]
    [InlineData("(?:.*?a)+b")]
    public void A_catastrophe_ends_with_a_sentence(string expression)
    {
        var failure = Assert.Throws<ModelFormatException>(() =>
        {
            var matches = Pattern.Parse(expression, "tokenizer.json").MatchesIn(new string('a', 40));
            while (matches.MoveNext())
            {
            }
        });
        Assert.Equal($"tokenizer.json: the pattern '{expression}' takes too many steps on a text of 40 characters; use a simpler pattern", failure.Message);
    }
}
