using CsCheck;
using MiCse.Files;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;

namespace MiCse.Training.Tests.Batches;

public class TrainingDataTests
{
    [Fact]
    public void No_text_that_is_held_out_is_trained_on() =>
        Gen.Select(Gen.Int[0, 8].Array[2, 60], Gen.Int[0, 6], Gen.Long).Sample((texts, heldOut, seed) =>
        {
            var corpus = new SentenceCorpus("drawn", [.. texts.Select(text => new TrainingExample($"{text}", $"{text % 3}"))]);
            if (heldOut == 1 || heldOut > texts.Distinct().Count())
            {
                return;
            }

            TrainingData data;
            try
            {
                data = ContrastiveSetup.HoldOut(corpus, new TrainingOptions { HeldOut = heldOut, BatchSize = 2, Seed = seed });
            }
            catch (DataFormatException)
            {
                return; // Hardly anything was left.
            }

            var training = data.Indices([.. Enumerable.Range(0, data.Count)]);
            string[] held = [.. data.HeldOut.SelectMany(example => new[] { example.First, example.Second })];
            Assert.Equal(heldOut, data.HeldOut.Select(example => example.First).Distinct().Count());
            Assert.Equal(
                corpus.Examples.Index().Where(item => !held.Contains(item.Item.First) && !held.Contains(item.Item.Second)).Select(item => item.Index),
                training);
        });

    [Theory]
    [InlineData(64, null, 0)]
    [InlineData(1279, null, 0)]
    [InlineData(1280, null, 64)]
    [InlineData(3000, null, 150)]
    [InlineData(9000, null, 256)]
    [InlineData(3000, 20, 20)]
    [InlineData(9000, 0, 0)]
    public void Low_shot_data_is_left_whole(int examples, int? heldOut, int expected) =>
        Assert.Equal(expected, ContrastiveSetup.HoldOut(Corpus(examples), new TrainingOptions { HeldOut = heldOut }).HeldOut.Count);

    [Fact]
    public void One_sentence_is_never_told_to_be_a_batch() => Assert.Equal(
        "drawn: has 1 sentence, fewer than the batch size 64: add sentences.",
        Assert.Throws<DataFormatException>(() => ContrastiveSetup.HoldOut(new SentenceCorpus("drawn", [new TrainingExample("a", "a")]), new TrainingOptions())).Message);

    [Theory]
    [InlineData(10, 2)]
    [InlineData(100, 20)]
    [InlineData(1000, 64)]
    [InlineData(9000, 256)]
    public void Label_free_selection_holds_out_in_any_case(int examples, int expected)
    {
        var options = new TrainingOptions { Selection = CheckpointSelection.LabelFree, BatchSize = 8 };

        Assert.Equal(expected, ContrastiveSetup.HoldOut(Corpus(examples), options).HeldOut.Count);
    }

    [Fact]
    public void The_seed_decides_what_is_held_out()
    {
        Assert.Equal(HeldOut(1), HeldOut(1));
        Assert.NotEqual(HeldOut(1), HeldOut(2));

        static IEnumerable<TrainingExample> HeldOut(long seed) => ContrastiveSetup.HoldOut(Corpus(100), new TrainingOptions { HeldOut = 10, Seed = seed }).HeldOut;
    }

    [Fact]
    public void Too_few_sentences_are_refused_with_advice()
    {
        Assert.Equal(
            "few.txt: has 3 sentences, fewer than the batch size 4: set the batch size to 3 or less, or add sentences.", Refusal(heldOut: 0));
        Assert.Equal(
            "few.txt: has 1 sentence without the 2 that are held out, fewer than the batch size 4: hold out fewer, or add sentences.",
            Refusal(heldOut: 2));
        Assert.Equal("few.txt: has 3 different sentences, fewer than the 5 to hold out: hold out fewer.", Refusal(heldOut: 5));

        static string Refusal(int heldOut) => Assert.Throws<DataFormatException>(() =>
            ContrastiveSetup.HoldOut(Corpus(3), new TrainingOptions { BatchSize = 4, HeldOut = heldOut })).Message;
    }

    private static SentenceCorpus Corpus(int examples) =>
        new("few.txt", [.. Enumerable.Range(0, examples).Select(row => new TrainingExample($"sentence {row}", $"sentence {row}"))]);
}
