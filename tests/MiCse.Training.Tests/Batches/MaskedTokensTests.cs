using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;

namespace MiCse.Training.Tests.Batches;

public class MaskedTokensTests
{
    private const int Mask = 4;
    private static readonly Tokenizer Tokenizer = TinyVocabulary.Tokenizer(1_000);
    private static readonly TokenBatch Batch = new([.. Enumerable.Range(0, 400).Select(row => Sequence(5 + row % 40))], padId: 0);

    [Fact]
    public void Proportions_are_berts()
    {
        var masked = MaskedTokens.From(Batch, Tokenizer, new RandomSequence(1));

        var words = Batch.Mask.Sum() - 2 * Batch.Count;
        var predicted = Predicted(masked);
        var replaced = predicted.Count(position => masked.Ids[position] == Mask);
        var kept = predicted.Count(position => masked.Ids[position] == Batch.Ids[position]);
        Assert.Equal(0.15, predicted.Length / (double)words, 0.02);
        Assert.Equal(0.8, replaced / (double)predicted.Length, 0.03);
        Assert.Equal(0.1, kept / (double)predicted.Length, 0.03);
    }

    [Fact]
    public void Special_tokens_and_padding_stay_and_targets_are_the_original_ids()
    {
        var masked = MaskedTokens.From(Batch, Tokenizer, new RandomSequence(2));

        var predicted = Predicted(masked).ToHashSet();
        for (var position = 0; position < Batch.Ids.Length; position++)
        {
            if (predicted.Contains(position))
            {
                Assert.Equal(Batch.Ids[position], masked.Labels[position]);
                Assert.True(Batch.Ids[position] >= 10);
            }
            else
            {
                Assert.Equal(Batch.Ids[position], masked.Ids[position]);
            }
        }

        Assert.All(masked.Ids, id => Assert.InRange(id, 0, 999));
    }

    [Fact]
    public void The_same_numbers_hide_the_same_tokens_and_others_do_not()
    {
        var masked = MaskedTokens.From(Batch, Tokenizer, new RandomSequence(3));

        Assert.Equal(masked.Ids, MaskedTokens.From(Batch, Tokenizer, new RandomSequence(3)).Ids);
        Assert.NotEqual(masked.Ids, MaskedTokens.From(Batch, Tokenizer, new RandomSequence(4)).Ids);
    }

    [Fact]
    public void Whole_words_are_hidden_whole_and_as_many_tokens_as_else()
    {
        // Words of one to four tokens: "w10", "w11 ##0", …; ##n is 1000 + n.
        string[] words = [.. TinyVocabulary.Words(1_000), "##0", "##1", "##2"];
        var tokenizer = MiCse.Tokenization.Tokenizer.FromVocabulary(words);
        var batch = new TokenBatch(
            [.. Enumerable.Range(0, 300).Select(row => (int[])[1, .. Enumerable.Range(0, 5 + (row % 30)).SelectMany(Word), 2])], padId: 0);

        var whole = MaskedTokens.From(batch, tokenizer, new RandomSequence(1), wholeWords: true);
        var single = MaskedTokens.From(batch, tokenizer, new RandomSequence(1));

        Assert.Equal(0, Split(whole));
        Assert.True(Split(single) > 100, "Token by token, most words of several tokens are hidden in part.");
        Assert.Equal(Predicted(whole).Length, whole.Count);
        Assert.Equal(0.15, whole.Count / (double)(batch.Mask.Sum() - (2 * batch.Count)), 0.015);

        static int[] Word(int word) => [10 + word, .. Enumerable.Range(1000, word % 4).Select(id => Math.Min(id, 1002))];

        int Split(MaskedTokens masked)
        {
            var predicted = Predicted(masked).ToHashSet();
            return Enumerable.Range(1, batch.Ids.Length - 1).Count(position =>
                batch.Ids[position] >= 1000 && predicted.Contains(position) != predicted.Contains(position - 1));
        }
    }

    [Fact]
    public void A_vocabulary_without_mask_is_refused()
    {
        var tokenizer = MiCse.Tokenization.Tokenizer.FromVocabulary([.. TinyVocabulary.Words(1_000).Where(word => word != "[MASK]")]);

        var thrown = Assert.Throws<ArgumentException>(() => MaskedTokens.From(Batch, tokenizer, new RandomSequence(1)));

        Assert.Contains("mask token", thrown.Message);
    }

    private static int[] Predicted(MaskedTokens masked) =>
        [.. Enumerable.Range(0, masked.Labels.Length).Where(position => masked.Labels[position] != MaskedLanguageModelHead.Ignored)];

    private static int[] Sequence(int words) => [1, .. Enumerable.Range(0, words).Select(word => 10 + word * 7 % 900), 2];
}
