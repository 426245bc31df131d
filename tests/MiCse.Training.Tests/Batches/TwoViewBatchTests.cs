using MiCse.Tokenization;
using MiCse.Training.Batches;

namespace MiCse.Training.Tests.Batches;

public class TwoViewBatchTests
{
    private static readonly Tokenizer Tokenizer = TinyVocabulary.Tokenizer(100);

    [Fact]
    public void The_sequences_of_an_example_are_neighbours()
    {
        var batch = TwoViewBatch.From(
            [new("w10", "w11 w12", "w13"), new("w20", "w20", "w21 w22 w23 w24")], Tokenizer, maxTokens: 5);

        Assert.Equal(3, batch.SequencesPerExample);
        Assert.Equal(
            [
                1, 10, 2, 0, 0,
                1, 11, 12, 2, 0,
                1, 13, 2, 0, 0,
                1, 20, 2, 0, 0,
                1, 20, 2, 0, 0,
                1, 21, 22, 23, 2,
            ],
            batch.Tokens.Ids);
        Assert.Equal(3 + 4 + 3 + 3 + 3 + 5, batch.TokenCount);
    }

    [Fact]
    public void Plain_sentences_have_two_equal_views()
    {
        var batch = TwoViewBatch.From([new("w10 w11", "w10 w11")], Tokenizer, maxTokens: 32);

        Assert.Equal(2, batch.SequencesPerExample);
        Assert.Equal([1, 10, 11, 2, 1, 10, 11, 2], batch.Tokens.Ids);
    }

    [Fact]
    public void Hard_negatives_for_some_examples_alone_are_refused()
    {
        var thrown = Assert.Throws<ArgumentException>(() => TwoViewBatch.From([new("w5", "w5", "w6"), new("w7", "w7")], Tokenizer, 8));

        Assert.Contains("1 of 2", thrown.Message);
    }
}
