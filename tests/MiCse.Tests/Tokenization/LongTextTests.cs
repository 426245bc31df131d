using System.Text;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Patterns;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Templates;

namespace MiCse.Tests.Tokenization;

/// <summary>Long texts of the worst kinds: a quadratic step would take minutes.</summary>
public class LongTextTests
{
    private const int Length = 250_000;

    public static TheoryData<string> Texts =>
    [
        new string('a', Length),
        new string(' ', Length),
        new string('[', Length),
        new string('\n', Length) + "a",
        new string('é', Length),
        new string('\u302E', Length / 2) + string.Concat(Enumerable.Repeat("\U0001D165", Length / 2)),
        string.Concat(Enumerable.Repeat("   <mask>[MASK]", Length / 15)),
        string.Concat(Enumerable.Repeat("ab, ", Length / 4)),
    ];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public Task Take_linear_time(string text) => Task.Run(() =>
    {
        string[] pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", ",", "[", "mask"];
        var wordPiece = Tokenizer.FromVocabulary(pieces);
        Assert.True(wordPiece.Tokenize(text, 128).Ids.Length <= 128);

        var alphabet = ByteAlphabet.Characters.Select(character => $"{character}");
        string[] bytes = ["<s>", "<pad>", "</s>", "<unk>", .. alphabet, "aa", "ab", "<mask>"];
        var bpe = new Tokenizer(TokenizerParts.Roberta(new Bpe(bytes, [("a", "a"), ("a", "b")])));
        Assert.True(bpe.Tokenize(text, 128).Truncated);

        // A word has no limit here, and pieces overlap everywhere.
        (string, double)[] scores = [("[UNK]", 0), ("[CLS]", 0), ("[SEP]", 0), ("[PAD]", 0), ("a", -1), ("aa", -1.5), ("aaa", -2), ("\u2581", -1), ("[", -2), ("b", -1)];
        var names = SpecialTokenNames.Bert with { Mask = null };
        foreach (var normalizer in (INormalizer?[])[null, new ReplaceNormalizer(Pattern.Parse(" {2,}", ""), "\u2581")])
        {
            var unigram = new Tokenizer(new TokenizerParts(
                normalizer,
                new MetaspacePreTokenizer(new Rune('\u2581'), PrependScheme.Always, split: true),
                new Unigram(scores, 0),
                new BertProcessing(new("[CLS]", 1), new("[SEP]", 2)),
                names,
                [],
                null));
            Assert.Equal(unigram.Tokenize(text).Ids.Length > 128, unigram.Tokenize(text, 128).Truncated);
        }

        var split = new SplitPreTokenizer(Pattern.Parse("[^\\r\\n\\p{L}]?\\p{L}+| ?[^\\s\\p{L}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", ""), SplitBehavior.Isolated);
        Assert.True(new Tokenizer(bpe.Parts with { PreTokenizer = new PreTokenizerSequence([split, new ByteLevelPreTokenizer(false, useRegex: false)]) }).Tokenize(text, 128).Truncated);
    }, TestContext.Current.CancellationToken);
}
