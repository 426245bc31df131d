using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;

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
    }, TestContext.Current.CancellationToken);
}
