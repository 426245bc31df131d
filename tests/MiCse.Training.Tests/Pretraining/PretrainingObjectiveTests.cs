using System.Runtime.InteropServices;
using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Training.Pretraining;
using TorchSharp;

namespace MiCse.Training.Tests.Pretraining;

public sealed class PretrainingObjectiveTests : IDisposable
{
    private readonly TinyPretraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void The_loss_is_that_of_a_softmax_over_all_words_at_all_positions()
    {
        var tokenizer = Tokenizer.Load(_tiny.Model.TransformerPath);
        var options = TinyPretraining.Options with { HiddenDropout = 0, AttentionDropout = 0 };
        var batch = MaskedBatch.From([[1, 7, 8, 9, 10, 2], [1, 20, 21, 2], [1, 50, 60, 70, 80, 90, 2]], tokenizer, new RandomSequence(3), wholeWords: false);
        using var scope = torch.NewDisposeScope();
        using var objective = Objective(options, tokenizer);
        using var checkpoint = _tiny.Model.OpenCheckpoint();

        // The same weights by themselves: the head is the one that the seed gives.
        torch.manual_seed(new Randomness(options.Seed).SeedFor(RandomPurpose.Initialization));
        using var encoder = new EncoderModule(_tiny.Model.Config, 0, 0);
        using var head = new MaskedLanguageModelHead(_tiny.Model.Config, encoder);
        CheckpointLoading.Load(encoder, MiCse.Weights.EncoderWeights.From(checkpoint, _tiny.Model.Config));
        var mask = torch.tensor(batch.Tokens.Mask, [batch.Tokens.Count, batch.Tokens.Length]);
        var scores = head.Forward(encoder.Forward(batch.Ids(TorchContext.Cpu()), mask).LastHiddenState); // [sequences, tokens, vocabulary]
        var expected = CrossEntropy(MemoryMarshal.Cast<byte, float>(scores.contiguous().bytes), batch.Labels, 120);

        Assert.Equal(expected, objective.Loss(batch).item<float>(), 1e-5);
        Assert.Equal(expected, objective.LossWithoutDropout([batch, batch], TestContext.Current.CancellationToken), 1e-5);
    }

    [Fact]
    public void Bfloat16_is_close_to_float32()
    {
        var tokenizer = Tokenizer.Load(_tiny.Model.TransformerPath);
        var batch = MaskedBatch.From([[1, 7, 8, 9, 10, 2], [1, 50, 60, 70, 80, 90, 2]], tokenizer, new RandomSequence(3), wholeWords: false);

        Assert.Equal(Loss(Precision.Float32), Loss(Precision.BFloat16), 0.02);
        Assert.NotEqual(Loss(Precision.Float32), Loss(Precision.BFloat16));

        double Loss(Precision precision)
        {
            var options = TinyPretraining.Options with { HiddenDropout = 0, AttentionDropout = 0, Precision = precision };
            using var objective = Objective(options, tokenizer);
            return objective.LossWithoutDropout([batch], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void A_batch_in_which_chance_masks_nothing_is_drawn_again()
    {
        var tokenizer = Tokenizer.Load(_tiny.Model.TransformerPath);

        Assert.All(Enumerable.Range(0, 100), seed =>
            Assert.Equal(1, MaskedBatch.From([[1, 7, 2]], tokenizer, new RandomSequence(seed), wholeWords: true).MaskedCount));
    }

    private PretrainingObjective Objective(PretrainingOptions options, Tokenizer tokenizer)
    {
        var setup = PretrainingSetup.For(options, _tiny.Model, tokenizer, TinyPretraining.Corpus(), evaluated: false, TestContext.Current.CancellationToken);
        using var checkpoint = _tiny.Model.OpenCheckpoint();
        return LibTorch.RunExclusively(() => new PretrainingObjective(checkpoint, _tiny.Model.Config, tokenizer, setup, evaluation: null));
    }

    private static double CrossEntropy(ReadOnlySpan<float> scores, ReadOnlySpan<long> labels, int words)
    {
        var (sum, count) = (0.0, 0);
        for (var position = 0; position < labels.Length; position++)
        {
            if (labels[position] < 0)
            {
                continue;
            }

            var total = 0.0;
            foreach (var score in scores.Slice(position * words, words))
            {
                total += Math.Exp(score);
            }

            sum += Math.Log(total) - scores[(position * words) + (int)labels[position]];
            count++;
        }

        return sum / count;
    }
}
