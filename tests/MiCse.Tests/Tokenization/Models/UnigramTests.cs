using CsCheck;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.Models;

public class UnigramTests
{
    private static readonly string[] Characters = ["a", "b", "▁", "é", "中", "\U0001F600", "\uE000"];

    // Few scores, so that many ways are equally likely.
    private static readonly Gen<double> Scores = Gen.OneOf(-1.0, -2.0, -3.0, -0.1, 0.0, -1.1, 0.5, 40);

    private static readonly Gen<string> Word = Gen.OneOf(Characters).Array[0, 12].Select(string.Concat);

    private static readonly Gen<(string Piece, double Score)> Piece =
        Gen.Select(Gen.OneOf([.. Characters, "<unk>", "<0x61>", "<0xC3>", "<0xA9>"]).Array[0, 4].Select(string.Concat), Scores);

    [Fact]
    public void The_best_path_is_that_of_the_slow_twin() =>
        Gen.Select(Piece.Array[1, 30], Gen.Int[0, 29], Gen.Bool, Gen.OneOf(Word, Word.Select(word => word + "<unk>" + word)))
            .Sample(
                (pieces, unknown, byteFallback, word) =>
                {
                    unknown %= pieces.Length;
                    Assert.Equal(new SlowUnigram(pieces, unknown, byteFallback).Spell(word), Spell(new Unigram(pieces, unknown, byteFallback), word));
                },
                iter: 20_000);

    [Theory]
    [InlineData("ab", "1,2")]
    [InlineData("xy", "0")]
    [InlineData("xay", "0,1,0")]
    [InlineData("x<unk>", "0")]
    [InlineData("<unk>a", "0,1")]
    [InlineData("", "")]
    public void Neighbouring_unknowns_are_one(string word, string ids) =>
        Assert.Equal(ids, string.Join(',', Spell(new Unigram([("<unk>", 0), ("a", -1), ("b", -2)], 0), word)));

    /// <summary>Specials, whose score is 0, count among all scores, and an unknown character is worth 10 less than the worst.</summary>
    [Fact]
    public void An_unknown_character_may_be_better_than_a_bad_piece() =>
        Assert.Equal([0], Spell(new Unigram([("<unk>", 0), ("ab", -21), ("a", -5)], 0), "b"));

    [Fact]
    public void Bytes_stand_for_what_is_unknown_if_all_are_there()
    {
        (string, double)[] pieces = [("<unk>", 0), ("a", -1), ("<0xC3>", -5), ("<0xA9>", -5)];
        Assert.Equal([1, 2, 3, 1], Spell(new Unigram(pieces, 0, byteFallback: true), "aéa"));
        Assert.Equal([0], Spell(new Unigram(pieces, 0, byteFallback: true), "éè"));
        Assert.Equal([0], Spell(new Unigram(pieces, 0), "é"));
    }

    [Fact]
    public void Longer_words_than_a_stack_holds()
    {
        var word = string.Concat(Enumerable.Repeat("ab\U0001F600中", 5_000));
        (string, double)[] pieces = [("<unk>", 0), ("a", -1), ("ba", -2.5), ("ab", -2), ("中", -3)];
        Assert.Equal(Enumerable.Repeat<int[]>([3, 0, 4], 5_000).SelectMany(ids => ids), Spell(new Unigram(pieces, 0), word));
    }

    [Fact]
    public void Many_pieces_are_found_again()
    {
        var random = new Random(5);
        string[] texts = [.. Enumerable.Range(0, 20_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (char)random.Next(0x20, random.Next(2) == 0 ? 0x80 : 0xD000))])).Distinct()];
        var trie = new PieceTrie(texts);
        Assert.All(texts.Index(), text => Assert.Equal(text.Index, trie.Find(System.Text.Encoding.UTF8.GetBytes(text.Item))));
        Assert.Equal(PieceTrie.None, trie.Find("\u0001"u8));
        Assert.Equal(PieceTrie.None, trie.Find(""u8));
    }

    private static int[] Spell(Unigram model, string word)
    {
        var ids = new PooledBuffer<int>(4);
        ids.Add(7);
        model.Append(word, atStart: false, ref ids);
        int[] spelled = [.. ids.Items[1..]];
        ids.Dispose();
        return spelled;
    }
}
