using System.Text;
using CsCheck;
using MiCse.Tests.Tokenization.Normalizers;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Patterns;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization;

/// <summary>Long texts are tokenized piece by piece, and only as far as needed.</summary>
public class TextPiecesTests
{
    private const string Letters = " \n\u00A0ab's\u00E9\u0301\u0316\u4E2D\u56FD\uF900\uFDFA\u037A,<\u200D\u200B_1\uAC00\u11A8";

    private static readonly string[] Snippets =
        ["<t>", "<l>", "<r>", "x y", "  ", "\U0001F600", "\uD83D", "\uDE00", "'s", "ab ", "\r\n", "\u2003"];

    private static readonly Gen<string> AnyText = Gen.Frequency(
        (3, Gen.Const(" ")),
        (6, Gen.Char[Letters].Select(character => $"{character}")),
        (2, Gen.OneOf(Snippets))).Array[0, 40].Select(string.Concat);

    private static readonly Func<INormalizer?>[] Normalizers =
    [
        () => null,
        () => new BertNormalizer(new BertNormalization()),
        () => new BertNormalizer(new BertNormalization { LowerCase = false, CleanText = false }),
        () => new BertNormalizer(new BertNormalization { LowerCase = false, StripAccents = true, SplitIdeographs = false }),
        () => new NormalFormNormalizer(NormalForm.Nfc),
        () => new NormalFormNormalizer(NormalForm.Nfkd),
        () => new LowercaseNormalizer(),
        () => new StripAccentsNormalizer(),
        () => new NormalizerSequence([new NormalFormNormalizer(NormalForm.Nfkd), new StripAccentsNormalizer(), new LowercaseNormalizer()]),
        () => new NormalizerSequence([new NormalFormNormalizer(NormalForm.Nfkc), new StripNormalizer(left: true, right: true)]),
        () => new PrependNormalizer("b"),
        () => new ReplaceNormalizer(" a", "b"),
        () => Precompiled,
        () => new NormalizerSequence([Precompiled, new StripNormalizer(left: false, right: true), new ReplaceNormalizer(Pattern.Parse(" {2,}", ""), "\u2581")]),
        () => new NormalizerSequence([new ReplaceNormalizer("''", "\""), new NormalFormNormalizer(NormalForm.Nfkd), new StripAccentsNormalizer(), Precompiled, new NmtNormalizer()]),
    ];

    private static PrecompiledNormalizer Precompiled => new(CharacterMapWriter.Encode(new Dictionary<string, string>
    {
        ["\n"] = " ", ["\u2003"] = " ", ["\u200B"] = "", ["\u00A0"] = " ", ["\u037A"] = " \u03B9", ["\uFDFA"] = "x y", ["\u00E9"] = "e\u0301",
    }));

    private static readonly Func<IPreTokenizer>[] PreTokenizers =
    [
        () => new BertPreTokenizer(),
        () => new WhitespacePreTokenizer(),
        () => new WhitespaceSplitPreTokenizer(),
        () => new PreTokenizerSequence([new WhitespaceSplitPreTokenizer(), new BertPreTokenizer()]),
        () => new ByteLevelPreTokenizer(addPrefixSpace: false),
        () => new ByteLevelPreTokenizer(addPrefixSpace: true),
        () => new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false),
        () => new PreTokenizerSequence([new WhitespacePreTokenizer(), new ByteLevelPreTokenizer(addPrefixSpace: true)]),
        () => new MetaspacePreTokenizer(new Rune('\u2581'), PrependScheme.Always, split: true),
        () => new MetaspacePreTokenizer(new Rune('\u2581'), PrependScheme.First, split: true),
        () => new MetaspacePreTokenizer(new Rune('\u2581'), PrependScheme.Never, split: false),
        () => new PreTokenizerSequence([new WhitespaceSplitPreTokenizer(), new MetaspacePreTokenizer(new Rune('\u2581'), PrependScheme.First, split: true)]),
        () => new SplitPreTokenizer(Pattern.Parse("\\s+(?!\\S)|\\s+", ""), SplitBehavior.MergedWithNext),
        () => new PreTokenizerSequence([new DigitsPreTokenizer(individual: false), new PunctuationPreTokenizer(SplitBehavior.Removed)]),
    ];

    private static readonly Func<AddedToken>[] Added =
    [
        () => new AddedToken(1000, "<t>"),
        () => new AddedToken(1000, "<t>", Normalized: true),
        () => new AddedToken(1000, "<t>", Normalized: true, SingleWord: true),
        () => new AddedToken(1000, "<l>", Normalized: true, LeftStrip: true),
        () => new AddedToken(1000, "<r>", Normalized: true, RightStrip: true),
        () => new AddedToken(1000, "x y", Normalized: true),
        () => new AddedToken(1000, "\u4E2D\u56FD", Normalized: true),
    ];

    [Fact]
    public void Pieces_give_the_ids_of_the_whole() =>
        Gen.Select(Gen.Int[0, Normalizers.Length - 1], Gen.Int[0, PreTokenizers.Length - 1], Gen.Int[0, Added.Length - 1], Gen.Int[1, 8], AnyText, Gen.Int[2, 20])
            .Sample(
                (normalizer, preTokenizer, added, length, text, maxTokens) =>
                {
                    var parts = Make(Normalizers[normalizer](), PreTokenizers[preTokenizer](), Added[added]());
                    var whole = new Tokenizer(parts, int.MaxValue).Tokenize(text);
                    var pieces = new Tokenizer(parts, length);
                    Assert.False(whole.Truncated);
                    Assert.Equal(whole.Ids, pieces.Tokenize(text).Ids);
                    var cut = pieces.Tokenize(text, maxTokens);
                    Assert.Equal(whole.Ids.Length > maxTokens, cut.Truncated);
                    Assert.Equal([.. whole.Ids[..(Math.Min(maxTokens, whole.Ids.Length) - 1)], whole.Ids[^1]], cut.Ids);
                },
                iter: 20_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_long_text_costs_no_more_than_its_beginning(int kind)
    {
        var tokenizer = new Tokenizer(kind == 0
            ? Make(new BertNormalizer(new BertNormalization()), new BertPreTokenizer(), Added[0]())
            : Make(null, new ByteLevelPreTokenizer(addPrefixSpace: false), Added[0]()));
        foreach (var word in (string[])["ab ", "a\u0301b\U0001F600 ", "\u4E2D", "a,\uD800 b "])
        {
            var text = string.Concat(Enumerable.Repeat(word, 2_000_000));
            if (kind == 1 && !word.Contains(' ', StringComparison.Ordinal))
            {
                continue;
            }

            // What is loaded once, or by a pool, does not count: the least of three runs.
            var allocated = long.MaxValue;
            var tokenized = default(TokenizedText);
            for (var run = 0; run < 3; run++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                tokenized = tokenizer.Tokenize(text, 128);
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            // Normalizing the whole text would take six bytes and more for each of its code units; one piece takes a hundred thousand in all.
            Assert.True(allocated < 1 << 20, $"{allocated:N0} bytes for a text of '{word}'");
            Assert.True(tokenized.Truncated);
            Assert.Equal(128, tokenized.Ids.Length);
        }
    }

    private static TokenizerParts Make(INormalizer? normalizer, IPreTokenizer preTokenizer, AddedToken added)
    {
        var isByteLevel = preTokenizer is ByteLevelPreTokenizer or PreTokenizerSequence { Stages: [.., ByteLevelPreTokenizer] };
        var parts = isByteLevel ? TokenizerParts.Roberta(ByteLevel, added: [added]) : TokenizerParts.Bert(Words, added: [added]);
        return parts with { Normalizer = normalizer, PreTokenizer = preTokenizer };
    }

    /// <summary>Every character is a token, at the start of a word another one than in it, so that the ids tell where words begin.</summary>
    private static WordPiece Words { get; } = new(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Characters, .. Characters.Select(character => "##" + character)]);

    /// <summary>Pairs of frequent bytes are tokens, so that the ids tell what stands in one word.</summary>
    private static Bpe ByteLevel { get; } = MakeByteLevel();

    private static IEnumerable<string> Characters =>
        (Letters + "AexyRtlr>\u2003\U0001F600\uFFFD\u00B4 \u2581\u03B9\"").EnumerateRunes().Select(rune => rune.ToString()).Distinct();

    private static Bpe MakeByteLevel()
    {
        var bytes = ByteAlphabet.Characters.Select(character => $"{character}").ToList();
        string[] frequent = [.. " \n'abs<t>xy"u8.ToArray().Concat<byte>([0xC2, 0xA0, 0xCC, 0x81]).Distinct().Select(value => bytes[value])];
        (string Left, string Right)[] merges = [.. from left in frequent from right in frequent select (left, right)];
        return new Bpe(["<s>", "<pad>", "</s>", "<unk>", .. bytes, .. merges.Select(merge => merge.Left + merge.Right), "<mask>"], merges);
    }
}
