using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using MiCse.Tokenization.Patterns;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.PreTokenizers;

public class PreTokenizerTests
{
    // What \w is in Rust; in .NET it is less.
    private static readonly Regex Word = new(
        @"[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u200C\u200D\u24B6-\u24E9]+|[^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u200C\u200D\u24B6-\u24E9\s]+");

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Char["abé '\n9½_\u0301\u200D\u24B6我,\u3000"].Array[0, 40].Select(characters => new string(characters)),
        Gen.Char.Where(character => !char.IsSurrogate(character)).Array[0, 30].Select(characters => new string(characters)));

    [Theory]
    [InlineData("ab, c!?", "ab|,|c|!|?")]
    [InlineData(" \n", "")]
    public void Bert(string text, string words) => Assert.Equal(words, Split(new BertPreTokenizer(), text));

    [Theory]
    [InlineData("ab, c\u00A0d!?\u3000", "ab,|c|d!?")]
    [InlineData("\ud83d\ude00 x", "\ud83d\ude00|x")]
    [InlineData("", "")]
    public void White_space_split(string text, string words) => Assert.Equal(words, Split(new WhitespaceSplitPreTokenizer(), text));

    [Theory]
    [InlineData("ab, c_1!? é½", "ab|,|c_1|!?|é|½")]
    public void White_space(string text, string words) => Assert.Equal(words, Split(new WhitespacePreTokenizer(), text));

    [Fact]
    public void White_space_is_the_pattern() => Texts.Sample(
        text => Assert.Equal(string.Join('|', Word.Matches(text)), Split(new WhitespacePreTokenizer(), text)), iter: 3000);

    [Theory]
    [InlineData(false, true, "a b", "a| b")]
    [InlineData(true, true, "a b", " a| b")]
    [InlineData(false, false, "a b", "a b")]
    [InlineData(true, false, "a b", " a b")]
    [InlineData(true, false, " a b", " a b")]
    public void Byte_level(bool addPrefixSpace, bool useRegex, string text, string words) =>
        Assert.Equal(words, Split(new ByteLevelPreTokenizer(addPrefixSpace, useRegex), text));

    [Fact]
    public void A_sequence_cuts_the_words_of_the_one_before()
    {
        IPreTokenizer[] stages = [new WhitespaceSplitPreTokenizer(), new WhitespacePreTokenizer(), new ByteLevelPreTokenizer(addPrefixSpace: true)];
        Assert.Equal(" a| ,| b|1", Split(new PreTokenizerSequence(stages), "a,  b1"));
        Assert.Equal("a,|b1", Split(new PreTokenizerSequence(stages[..1]), "a,  b1"));
    }

    /// <summary>The words of tokenizers 0.22.</summary>
    [Theory]
    [InlineData(nameof(PrependScheme.Always), true, true, "a b", "▁a|▁b")]
    [InlineData(nameof(PrependScheme.Always), true, false, "  b", "▁|▁b")]
    [InlineData(nameof(PrependScheme.Always), true, false, "▁b▁", "▁b|▁")]
    [InlineData(nameof(PrependScheme.Always), false, true, "a b", "▁a▁b")]
    [InlineData(nameof(PrependScheme.Always), true, true, "", "")]
    [InlineData(nameof(PrependScheme.First), true, true, "a b", "▁a|▁b")]
    [InlineData(nameof(PrependScheme.First), true, false, "a b", "a|▁b")]
    [InlineData(nameof(PrependScheme.Never), true, true, "a b", "a|▁b")]
    [InlineData(nameof(PrependScheme.Never), true, true, " b", "▁b")]
    public void Metaspace(string scheme, bool split, bool atStart, string text, string words)
    {
        Assert.Equal(words, Split(new MetaspacePreTokenizer(new Rune('▁'), Enum.Parse<PrependScheme>(scheme), split), text, atStart));
        var mark = new Rune(0x1F600);
        Assert.Equal(words.Replace("▁", mark.ToString(), StringComparison.Ordinal), Split(new MetaspacePreTokenizer(mark, Enum.Parse<PrependScheme>(scheme), split), text.Replace("▁", mark.ToString(), StringComparison.Ordinal), atStart));
    }

    [Fact]
    public void Metaspace_after_a_sequence_knows_the_start()
    {
        IPreTokenizer[] stages = [new WhitespaceSplitPreTokenizer(), new MetaspacePreTokenizer(new Rune('▁'), PrependScheme.First, split: true)];
        Assert.Equal("▁a|b", Split(new PreTokenizerSequence(stages), "a b", atStart: true));
        Assert.Equal("a|b", Split(new PreTokenizerSequence(stages), " a b", atStart: true));
    }

    [Theory]
    [InlineData(nameof(SplitBehavior.Isolated), false, "a, b,,c", "a|,| b|,|,|c")]
    [InlineData(nameof(SplitBehavior.Removed), false, "a, b,,c", "a| b|c")]
    [InlineData(nameof(SplitBehavior.MergedWithPrevious), false, ",a, b,,c", ",|a,| b,|,|c")]
    [InlineData(nameof(SplitBehavior.MergedWithNext), false, "a, b,,c,", "a|, b|,|,c|,")]
    [InlineData(nameof(SplitBehavior.Contiguous), false, "a, b,,c", "a|,| b|,,|c")]
    [InlineData(nameof(SplitBehavior.Removed), true, "a, b,,c", ",|,|,")]
    [InlineData(nameof(SplitBehavior.MergedWithPrevious), true, "a,,b", "a|,|,b")]
    [InlineData(nameof(SplitBehavior.Isolated), true, "a,b", "a|,|b")]
    public void Split_at_a_pattern(string behavior, bool invert, string text, string words)
    {
        Assert.Equal(words, Split(new SplitPreTokenizer(Pattern.Parse("[,;]", ""), Enum.Parse<SplitBehavior>(behavior), invert), text));
        Assert.Equal(words, Split(new SplitPreTokenizer(Pattern.Literal(","), Enum.Parse<SplitBehavior>(behavior), invert), text));
    }

    [Fact]
    public void Characters_that_are_cut_at()
    {
        Assert.Equal("a|!|?| b", Split(new PunctuationPreTokenizer(SplitBehavior.Isolated), "a!? b"));
        Assert.Equal("a|!?| b", Split(new PunctuationPreTokenizer(SplitBehavior.Contiguous), "a!? b"));
        Assert.Equal("a|1|٢|½|b", Split(new DigitsPreTokenizer(individual: true), "a1٢½b"));
        Assert.Equal("a|1٢½|b", Split(new DigitsPreTokenizer(individual: false), "a1٢½b"));
        Assert.Equal("a|b", Split(new CharDelimiterSplitPreTokenizer(new Rune('é')), "éaééb"));
        Assert.Equal("a b", Split(new PreTokenizerSequence([]), "a b"));
    }

    private static string Split(IPreTokenizer preTokenizer, string text, bool atStart = false)
    {
        var words = new Collector();
        var ids = new PooledBuffer<int>(1);
        preTokenizer.Split(text, atStart, words, ref ids);
        ids.Dispose();
        return string.Join('|', words.Words);
    }

    private sealed class Collector : IWordSink
    {
        public List<string> Words { get; } = [];

        public void Append(scoped ReadOnlySpan<char> word, bool atStart, ref PooledBuffer<int> ids) => Words.Add(word.ToString());
    }
}
