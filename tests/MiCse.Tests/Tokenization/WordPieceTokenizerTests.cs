using CsCheck;
using MiCse.Tokenization;

namespace MiCse.Tests.Tokenization;

public class WordPieceTokenizerTests
{
    private static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        "un", "##aff", "##able", "##a", "run", "##ning", "é", "e", "##e", "中", "a", "##b", ",", "[", "]", "Run",
    ];

    private static readonly Tokenizer Tokenizer = MiCse.Tokenization.Tokenizer.FromVocabulary(Vocabulary);

    private static readonly Gen<string> Parts = Gen.OneOf([.. new[]
    {
        "un", "aff", "able", "run", "ning", " ", "[MASK]", "a", "b", "É", "\n", "[SEP", "中", "\u200B", "zz",
    }.Select(Gen.Const)]);

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char["abe中é,[] \u0301\uD800\uDC00"].Array[0, 40].Select(characters => new string(characters)),
        Parts.Array[0, 12].Select(string.Concat),
        Gen.Char.Array[0, 30].Select(characters => new string(characters)),
        Gen.Int[0, 0x10FFFF].Where(code => code is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32).Array[0, 30].Select(string.Concat),
        Gen.String[Gen.Char["aber\u0301ùnØß\u00A0"], 0, 60]);

    [Theory]
    [InlineData("", "")]
    [InlineData("unaffable", "un ##aff ##able")]
    [InlineData("UNAFFABLE, running", "un ##aff ##able , run ##ning")]
    [InlineData("unaffablez", "[UNK]")]
    [InlineData("é É e\u0301", "e e e")]
    [InlineData("a中b", "a 中 [UNK]")]
    [InlineData("ab\u00ADb\tab\u0000", "a ##b ##b a ##b")]
    [InlineData("run[MASK]ning", "run [MASK] [UNK]")]
    [InlineData("[mask]", "[ [UNK] ]")]
    [InlineData("[CLS][SEP]", "[CLS] [SEP]")]
    public void Examples(string text, string tokens)
    {
        var result = Tokenizer.Tokenize(text);
        Assert.Equal($"[CLS] {tokens} [SEP]".Replace("  ", " ", StringComparison.Ordinal), string.Join(' ', result.Ids.Select(Tokenizer.TokenOf)));
        Assert.False(result.Truncated);
    }

    [Theory]
    [InlineData("Running", "Run ##ning")]
    [InlineData("é", "é")]
    [InlineData("RUN", "[UNK]")]
    public void Cased_models_keep_case_and_accents(string text, string tokens)
    {
        var tokenizer = Tokenizer.FromVocabulary(Vocabulary, lowerCase: false);
        Assert.Equal($"[CLS] {tokens} [SEP]", string.Join(' ', tokenizer.Tokenize(text).Ids.Select(tokenizer.TokenOf)));
    }

    [Fact]
    public void Lone_surrogates_are_removed_like_any_replacement_character() => Assert.Equal([2, 15, 16, 3], Tokenizer.Tokenize("a\uD800b\uDC00").Ids);

    [Fact]
    public void Words_of_more_code_points_than_allowed_are_unknown()
    {
        var tokenizer = Tokenizer.FromVocabulary(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "\U00010400", "##\U00010400"], lowerCase: false);
        Assert.Equal(102, tokenizer.Tokenize(new string('a', 100)).Ids.Length);
        Assert.Equal([2, 1, 3], tokenizer.Tokenize(new string('a', 101)).Ids);

        // A code point outside the basic plane counts once.
        Assert.Equal(102, tokenizer.Tokenize(string.Concat(Enumerable.Repeat("\U00010400", 100))).Ids.Length);
        Assert.Equal([2, 1, 3], tokenizer.Tokenize(string.Concat(Enumerable.Repeat("\U00010400", 101))).Ids);
    }

    [Fact]
    public void Continuations_are_the_pieces_inside_words()
    {
        Assert.Equal(
            ["##aff", "##able", "##a", "##ning", "##e", "##b"],
            Enumerable.Range(0, Tokenizer.VocabularySize).Where(Tokenizer.IsContinuation).Select(Tokenizer.TokenOf));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.TokenOf(Vocabulary.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.IsContinuation(-1));
    }

    [Fact]
    public void Same_ids_as_the_slow_tokenizer() => AnyText.Sample(text =>
    {
        Assert.Equal(new SlowWordPiece(Vocabulary).Tokenize(text), Tokenizer.Tokenize(text).Ids);
    }, iter: 3000);

    [Fact]
    public void Truncation_keeps_the_front_and_the_end_token() => Gen.Select(AnyText, Gen.Int[2, 12]).Sample((text, room) =>
    {
        var full = Tokenizer.Tokenize(text).Ids;
        var cut = Tokenizer.Tokenize(text, room);
        Assert.Equal([.. full[..(Math.Min(room, full.Length) - 1)], Tokenizer.SpecialTokens.End], cut.Ids);
        Assert.Equal(full.Length > room, cut.Truncated);
    }, iter: 1000);

    [Fact]
    public void Room_for_less_than_the_special_tokens_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Tokenize("a", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.TokenizePair("a", "a", 2));
        Assert.Equal([2, 3, 3], Tokenizer.TokenizePair("a", "a", 3).Ids);
    }

    [Fact]
    public void A_vocabulary_without_a_token_that_has_a_role_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => Tokenizer.FromVocabulary(["[PAD]", "[UNK]", "[CLS]", "a"]));
        Assert.Contains("[SEP]", exception.Message, StringComparison.Ordinal);
    }
}
