using CsCheck;
using MiCse.Initialization;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;

namespace MiCse.Tests.Initialization;

public sealed class VocabularyPruningTests : IDisposable
{
    private static readonly string[] WordPieces =
    [
        "[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "é", "##é", "ab", "abc", "##ab", "##abc", "##ca", "bca", "cc", "##cc", "abcabc",
        .. "abc!".Select(letter => $"{letter}"), .. "abc".Select(letter => $"##{letter}"),
    ];

    private static readonly (string, string)[] Merges =
        [("a", "b"), ("ab", "a"), ("b", "a"), ("Ġ", "a"), ("Ġa", "b"), ("aba", "b"), ("Ã", "©"), ("a", "a"), ("aa", "aa"), ("ba", "Ã©"), ("Ġ", "ab")];

    private static readonly Gen<string> AnyText = Gen.Char["aabbcc é!"].Array[0, 24].Select(characters => new string(characters));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => ["WordPiece", "BPE", "Unigram"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_text_has_the_pieces_that_it_had_wherever_none_is_missing(string kind)
    {
        var tokenizer = Of(kind);
        Gen.Select(AnyText.Array[0, 4], AnyText, Gen.Int[0, 20]).Sample((sample, text, room) =>
        {
            var pruning = VocabularyPruning.Of(tokenizer, sample, room == 0 ? null : VocabularyPruning.Of(tokenizer, []).Kept.Count + room, cancellationToken: TestContext.Current.CancellationToken);
            foreach (var any in sample.Append(text))
            {
                var before = tokenizer.Tokenize(any).Ids;
                if (before.All(pruning.Kept.Contains) && !before.Contains(tokenizer.SpecialTokens.Unknown ?? -1))
                {
                    Assert.Equal(before, pruning.Tokenizer.Tokenize(any).Ids.Select(id => pruning.Kept[id]));
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_pieces_of_the_texts_are_kept(string kind)
    {
        var tokenizer = Of(kind);
        AnyText.Array[1, 6].Sample(sample =>
        {
            var pruning = VocabularyPruning.Of(tokenizer, sample, cancellationToken: TestContext.Current.CancellationToken);
            Assert.All(sample, text => Assert.Equal(tokenizer.Tokenize(text).Ids, pruning.Tokenizer.Tokenize(text).Ids.Select(id => pruning.Kept[id])));
            Assert.Equal(pruning.Kept.Order(), pruning.Kept);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_spelled_is_still_spelled(string kind)
    {
        var tokenizer = Of(kind);
        var pruning = VocabularyPruning.Of(tokenizer, ["abc"], cancellationToken: TestContext.Current.CancellationToken);

        Gen.Char["abc "].Array[0, 30].Select(characters => new string(characters)).Sample(text =>
            Assert.Equal(Spelling(tokenizer, text), Spelling(pruning.Tokenizer, text)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_written_files_say_the_same(string kind)
    {
        var pruning = VocabularyPruning.Of(Of(kind), ["abab caab", "aaaa baé"], cancellationToken: TestContext.Current.CancellationToken);
        pruning.Tokenizer.Save(_folder.File("pruned"));
        var read = Tokenizer.Load(_folder.File("pruned"));

        Assert.Equal(pruning.Tokenizer.SpecialTokens, read.SpecialTokens);
        Assert.Equal(pruning.Kept.Count, read.VocabularySize);
        AnyText.Sample(text => Assert.Equal(pruning.Tokenizer.Tokenize(text).Ids, read.Tokenize(text).Ids));
    }

    [Fact]
    public void A_limit_keeps_what_occurs_most()
    {
        var tokenizer = Of("WordPiece");
        var always = VocabularyPruning.Of(tokenizer, [], cancellationToken: TestContext.Current.CancellationToken).Kept;

        var pruning = VocabularyPruning.Of(tokenizer, ["cc cc cc ab", "abcabc abcabc"], always.Count + 2, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["abcabc", "cc"], pruning.Kept.Except(always).Select(tokenizer.TokenOf).Order(StringComparer.Ordinal));
        Assert.Equal(3, pruning.Occurrences[pruning.Kept.ToList().IndexOf(Array.IndexOf(WordPieces, "cc"))]);
        Assert.Equal(0, pruning.Occurrences[pruning.Tokenizer.SpecialTokens.Start]);
    }

    [Fact]
    public void A_limit_below_what_always_stays_is_refused() => Assert.Contains(
        "always stay", Assert.Throws<ArgumentException>(() => VocabularyPruning.Of(Of("WordPiece"), ["ab"], 3, cancellationToken: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("bert-base-uncased")]
    [InlineData("roberta")]
    public void Published_vocabularies_can_be_pruned(string name)
    {
        var folder = Fixture.Shared("data", name);
        var tokenizer = Tokenizer.Load(folder);
        var lines = File.ReadLines(Fixture.Shared("data", "wikipedia", "simcse-head.txt")).Take(2000).ToArray();

        var pruning = VocabularyPruning.Of(tokenizer, lines[..1000], cancellationToken: TestContext.Current.CancellationToken);

        Assert.InRange(pruning.Kept.Count, 1000, tokenizer.VocabularySize / 2);
        var compared = 0;
        foreach (var line in lines)
        {
            var before = tokenizer.Tokenize(line).Ids;
            if (before.All(pruning.Kept.Contains))
            {
                compared++;
                Assert.Equal(before, pruning.Tokenizer.Tokenize(line).Ids.Select(id => pruning.Kept[id]));
            }
        }

        Assert.InRange(compared, 1001, lines.Length - 1); // Some of the lines that were not counted need no other piece, and some do.
    }

    private static string Spelling(Tokenizer tokenizer, string text) =>
        string.Concat(tokenizer.Tokenize(text).Ids[1..^1].Select(id => tokenizer.TokenOf(id).Replace("##", "", StringComparison.Ordinal)));

    private static Tokenizer Of(string kind) => kind switch
    {
        "WordPiece" => Tokenizer.FromVocabulary(WordPieces),
        "BPE" => new Tokenizer(TokenizerParts.Roberta(new Bpe(
            ["<s>", "<pad>", "</s>", "<unk>", .. ByteAlphabet.Characters.Select(character => $"{character}"), .. Merges.Select(merge => merge.Item1 + merge.Item2).Distinct(), "<mask>"],
            Merges))),
        _ => new Tokenizer(TokenizerParts.Bert(new WordPiece(WordPieces)) with
        {
            Model = new Unigram([.. WordPieces.Where(piece => !piece.StartsWith("##", StringComparison.Ordinal)).Select((piece, index) => (piece, -1.5 * piece.Length + (0.01 * index)))], 2),
        }),
    };
}
