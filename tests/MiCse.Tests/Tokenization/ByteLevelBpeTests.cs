using System.Text.RegularExpressions;
using System.Text;
using CsCheck;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.PreTokenizers;

namespace MiCse.Tests.Tokenization;

public class ByteLevelBpeTests
{
    private static readonly (string, string)[] Merges =
    [
        ("a", "b"), ("ab", "a"), ("b", "a"), ("Ġ", "a"), ("Ġa", "b"), ("aba", "b"), ("Ã", "©"), ("a", "a"), ("aa", "aa"), ("ba", "Ã©"),
        ("Ġ", "ab"),
    ];

    private static readonly string[] Vocabulary =
    [
        "<s>", "<pad>", "</s>", "<unk>",
        .. ByteAlphabet.Characters.Select(character => $"{character}"),
        .. Merges.Select(merge => merge.Item1 + merge.Item2).Distinct(),
        "<mask>",
    ];

    private static readonly Tokenizer Tokenizer = new(TokenizerParts.Roberta(new Bpe(Vocabulary, Merges)));

    private static readonly Gen<string> Parts = Gen.OneOf([.. new[]
    {
        "a", "b", "ab", " ", "  ", "é", "'s", "'ll", "\t", "1", "!", "'", "\u3000", "<", "½", "我", "\u0301",
    }.Select(Gen.Const)]);

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char["abé '\n9"].Array[0, 60].Select(characters => new string(characters)),
        Parts.Array[0, 20].Select(string.Concat),
        Gen.Char.Where(character => !char.IsSurrogate(character) && character != '<').Array[0, 30].Select(characters => new string(characters)));

    [Theory]
    [InlineData("", "")]
    [InlineData("ab ab", "ab Ġab")]
    [InlineData("abab", "ab ab")]
    [InlineData("aba", "aba")]
    [InlineData("aaaaa", "aaaa a")]
    [InlineData("é", "Ã©")]
    [InlineData("a <mask> a", "a <mask> Ġa")]
    [InlineData("a</s>a", "a </s> a")]
    public void Examples(string text, string tokens) =>
        Assert.Equal($"<s> {tokens} </s>".Replace("  ", " ", StringComparison.Ordinal), Spell(Tokenizer, text));

    [Fact]
    public void A_lone_surrogate_is_a_replacement_character() => Assert.Equal("<s> a ï ¿ ½ b </s>", Spell(Tokenizer, "a\uD800b"));

    [Theory]
    [InlineData("ab", "Ġab")]
    [InlineData(" ab", "Ġab")]
    [InlineData("\tab", "Ġ ĉ ab")]
    [InlineData("ab</s>ab", "Ġab </s> Ġab")]
    public void A_space_is_put_before_every_stretch_of_text(string text, string tokens) =>
        Assert.Equal($"<s> {tokens} </s>", Spell(new Tokenizer(TokenizerParts.Roberta(new Bpe(Vocabulary, Merges), addPrefixSpace: true)), text));

    [Fact]
    public void Splits_like_the_pattern() => AnyText.Sample(text =>
    {
        var found = new List<string>();
        foreach (var word in ByteLevelPreTokenizer.WordsOf(text))
        {
            found.Add(word.ToString());
        }

        var pattern = new Regex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");
        Assert.Equal(pattern.Matches(text).Select(match => match.Value), found);
    }, iter: 5000);

    [Fact]
    public void Merges_like_the_slow_algorithm() => AnyText.Sample(text =>
    {
        var expected = new List<string>();
        foreach (var word in ByteLevelPreTokenizer.WordsOf(text))
        {
            expected.AddRange(SlowMerge(word.ToString()));
        }

        Assert.Equal(["<s>", .. expected, "</s>"], Tokenizer.Tokenize(text).Ids.Select(Tokenizer.TokenOf));
    }, iter: 5000);

    [Fact]
    public void A_pair_has_two_end_tokens_between_and_one_type()
    {
        var pair = Tokenizer.TokenizePair("ab", "a");
        Assert.Equal("<s> ab </s> </s> a </s>", string.Join(' ', pair.Ids.Select(Tokenizer.TokenOf)));
        Assert.All(pair.TypeIds, type => Assert.Equal(0, type));
    }

    [Fact]
    public void Continuations_lack_the_space_and_are_not_special()
    {
        Assert.False(Tokenizer.IsContinuation(Array.IndexOf(Vocabulary, "Ġab")));
        Assert.True(Tokenizer.IsContinuation(Array.IndexOf(Vocabulary, "ab")));
        Assert.False(Tokenizer.IsContinuation(Tokenizer.SpecialTokens.Mask!.Value));
    }

    [Fact]
    public void Bytes_the_vocabulary_lacks_are_dropped_or_unknown()
    {
        string[] vocabulary = ["<s>", "<pad>", "</s>", "<unk>", "a"];
        Assert.Equal([0, 4, 4, 2], Ids(new Bpe(vocabulary, [])));
        Assert.Equal([0, 4, 3, 4, 2], Ids(new Bpe(vocabulary, [], new BpeSettings { UnknownToken = "<unk>" })));

        static int[] Ids(Bpe model) =>
            new Tokenizer(TokenizerParts.Roberta(model, names: SpecialTokenNames.Roberta with { Mask = null })).Tokenize("aza").Ids;
    }

    [Fact]
    public void A_merge_outside_the_vocabulary_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => new Bpe(Vocabulary, [("a", "b"), ("b", "b")]));
        Assert.Contains("Merge 2 ('b b')", exception.Message, StringComparison.Ordinal);
    }

    private static string Spell(Tokenizer tokenizer, string text) => string.Join(' ', tokenizer.Tokenize(text).Ids.Select(tokenizer.TokenOf));

    private static List<string> SlowMerge(string word)
    {
        var symbols = Encoding.UTF8.GetBytes(word).Select(value => $"{ByteAlphabet.Characters[value]}").ToList();
        while (true)
        {
            var ranks = symbols.Zip(symbols.Skip(1)).Select(pair => Array.IndexOf(Merges, pair)).ToList();
            if (!ranks.Exists(rank => rank >= 0))
            {
                return symbols;
            }

            var best = ranks.IndexOf(ranks.Where(rank => rank >= 0).Min());
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
    }
}
