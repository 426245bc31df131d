using CsCheck;
using MiCse.Tokenization.Models;

namespace MiCse.Tests.Tokenization.Models;

public class WordPieceVocabularyTests
{
    // Two letters make many pieces share their beginning; the others have codes of one byte and of two, in both tables.
    private static readonly Gen<string> Piece = Gen.OneOf(
        Gen.String[Gen.Char["ab"], 1, 4],
        Gen.String[Gen.Char["abéÿ\0"], 1, 12],
        Gen.String[Gen.Char["abĀ中"], 1, 6],
        Gen.String[Gen.Char["a"], 13, 18]);

    private static readonly Gen<(string[] Pieces, string[] Words)> Cases = Gen.Select(
        Piece.Array[0, 60].Select(pieces => pieces.Distinct().ToArray()),
        Gen.Select(Piece.Array[1, 4].Select(string.Concat), Gen.Int[1, 30], (text, length) => text[..Math.Min(length, text.Length)]).Array[1, 30]);

    [Fact]
    public void The_longest_piece_at_the_front_of_a_word_is_found() => Cases.Sample((pieces, words) =>
    {
        var vocabulary = new WordPieceVocabulary([.. pieces, .. pieces.Select(piece => $"##{piece}")], "##");
        foreach (var word in words)
        {
            var longest = pieces.Where(piece => word.StartsWith(piece, StringComparison.Ordinal)).MaxBy(piece => piece.Length);
            foreach (var continuing in new[] { false, true })
            {
                Assert.Equal(longest is not null, vocabulary.TryMatch(word, continuing, out var id, out var length));
                if (longest is not null)
                {
                    Assert.Equal((Array.IndexOf(pieces, longest) + (continuing ? pieces.Length : 0), longest.Length), (id, length));
                }
            }
        }
    }, iter: 2000);

    [Fact]
    public void Packed_words_are_equal_where_the_words_are_and_so_are_their_beginnings() =>
        Gen.Select(Gen.String[Gen.Char["ab\0ÿ"], 1, 15], Gen.String[Gen.Char["ab\0ÿ"], 1, 15]).Sample((first, second) =>
        {
            Assert.True(PackedWord.TryPack(first, out var one));
            Assert.True(PackedWord.TryPack(second, out var other));
            Assert.Equal(first == second, one == other);
            for (var length = 1; length <= first.Length; length++)
            {
                Assert.True(PackedWord.TryPack(first.AsSpan(0, length), out var beginning));
                Assert.Equal(beginning, one.Prefix(length));
            }
        });

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("aĀ")]
    [InlineData("aaaaaaaaaĀ")]
    public void Long_words_and_other_letters_are_not_packed(string word) => Assert.False(PackedWord.TryPack(word, out _));
}
