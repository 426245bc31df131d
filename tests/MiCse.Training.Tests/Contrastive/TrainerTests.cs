using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;
using TorchSharp;

namespace MiCse.Training.Tests.Contrastive;

public sealed class TrainerTests : IDisposable
{
    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(TrainingMethod.MiCse)]
    [InlineData(TrainingMethod.SimCse)]
    public void The_loss_falls(TrainingMethod method)
    {
        var losses = new List<double>();
        var options = TinyTraining.Options with { Method = method, Steps = 60, MaskedLanguageModelWeight = 0 };

        _tiny.Train("out", options, progress: step => losses.Add(step.ContrastiveLoss));

        Assert.True(losses.TakeLast(10).Average() < 0.7 * losses.Take(10).Average(), string.Join(' ', losses));
    }

    [Fact]
    public void The_methods_differ_in_the_attention_term()
    {
        var micse = new List<TrainingEvent>();
        var simcse = new List<TrainingEvent>();
        var options = TinyTraining.Options with { Steps = 2 };

        _tiny.Train("micse", options, progress: micse.Add);
        var result = _tiny.Train("simcse", options with { Method = TrainingMethod.SimCse }, progress: simcse.Add);

        Assert.All(micse, step => Assert.Equal(
            step.ContrastiveLoss - 0.5 * step.AttentionMutualInformation!.Value + 0.1 * step.MaskedLanguageModelLoss!.Value, step.Loss, 1e-5));
        Assert.All(micse, step => Assert.True(step.AttentionMutualInformation > 0));
        Assert.All(simcse, step => Assert.Null(step.AttentionMutualInformation));
        Assert.Null(result.AttentionMutualInformation);
        Assert.NotEqual(_tiny.Weights("micse"), _tiny.Weights("simcse"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Examples_of_similar_length_share_a_batch_when_they_are_to(int columns)
    {
        var padding = new List<int>();
        foreach (var groupByLength in new[] { false, true })
        {
            var data = TrainingData.HoldOut(TinyTraining.Corpus(columns), 0, seed: 1);
            var tokenizer = MiCse.Tokenization.Tokenizer.Load(_tiny.Model.TransformerPath);
            var lengths = data.Lengths(tokenizer, 12);
            var sampler = new BatchSampler(data.Count, 8, new Randomness(42), groupByLength ? lengths : null);
            padding.Add(Enumerable.Range(0, 5).Sum(step =>
            {
                var batch = TwoViewBatch.From(data.Corpus.Select(data.Indices(sampler.Batch(step).Span)), tokenizer, 12);
                return batch.Tokens.Mask.Length - batch.TokenCount;
            }));
            _tiny.Train($"group-{groupByLength}", TinyTraining.Options with { GroupByLength = groupByLength, Steps = 5 }, TinyTraining.Corpus(columns));
        }

        Assert.True(padding[1] < 0.9 * padding[0], $"{padding[0]} {padding[1]}");
        Assert.NotEqual(_tiny.Weights("group-False"), _tiny.Weights("group-True"));
    }

    [Fact]
    public void Pairs_and_hard_negatives_enter_the_loss()
    {
        var options = TinyTraining.Options with { Steps = 1, HiddenDropout = 0, AttentionDropout = 0, MaskedLanguageModelWeight = 0 };

        var sentences = _tiny.Train("one", options);
        var pairs = _tiny.Train("two", options, TinyTraining.Corpus(columns: 2));
        var triplets = _tiny.Train("three", options, TinyTraining.Corpus(columns: 3));
        var weighted = _tiny.Train("four", options with { HardNegativeWeight = 2 }, TinyTraining.Corpus(columns: 3));

        Assert.True(sentences.ContrastiveLoss < pairs.ContrastiveLoss); // Without dropout a sentence's views are the same.
        Assert.True(pairs.ContrastiveLoss < triplets.ContrastiveLoss); // More columns to be wrong about.
        Assert.True(triplets.ContrastiveLoss < weighted.ContrastiveLoss);
        Assert.Equal(pairs.AttentionMutualInformation, triplets.AttentionMutualInformation); // Hard negatives never meet the attention term.
    }

    [Theory]
    [InlineData(Models.Pooling.Mean)]
    [InlineData(Models.Pooling.MeanOfLastTwo)]
    [InlineData(Models.Pooling.MeanOfFirstAndLast)]
    public void Mean_poolings_train(Models.Pooling pooling)
    {
        var losses = new List<double>();

        _tiny.Train("out", TinyTraining.Options with { Pooling = pooling, Steps = 40 }, progress: step => losses.Add(step.ContrastiveLoss));

        Assert.True(losses[^5..].Average() < losses[..5].Average(), string.Join(' ', losses));
        Assert.Equal(pooling, ModelFolders.ModelFolder.Open(_tiny.Folder("out")).Pooling.Pooling);
    }

    [Fact]
    public void The_best_weights_are_kept_and_not_the_last()
    {
        double[] scores = [0.2, double.NaN, 0.9, 0.9, 0.4];
        var seen = new List<float[]>();
        var events = new List<TrainingEvent>();

        var result = _tiny.Train(
            "out",
            TinyTraining.Options with { Steps = 10, EvaluateEvery = 2, SaveEvery = 7 },
            evaluation: (encode, _) =>
            {
                seen.Add([.. encode(["w5 w6 w7"])[0]]);
                return scores[seen.Count - 1];
            },
            progress: events.Add);

        Assert.Equal([2, 4, 6, 8, 10], result.Scores.Select(score => score.Step));
        Assert.Equal(scores, result.Scores.Select(score => score.Score!.Value));
        Assert.Equal(new TrainingScore(6, 0.9), result.Best);
        Assert.Equal([2, 6], events.Where(step => step.IsBest).Select(step => step.Step));

        // An untrained start from the exported folder sees what the evaluation of step 6 saw.
        float[] exported = [];
        var again = new Trainer(TinyTraining.Options with { Steps = 1, LearningRate = 1e-30 });
        again.Train(
            ModelFolders.ModelFolder.Open(_tiny.Folder("out")),
            TinyTraining.Corpus(),
            _tiny.Folder("again"),
            (encode, _) =>
            {
                exported = [.. encode(["w5 w6 w7"])[0]];
                return 0;
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(seen[2], exported);
        Assert.NotEqual(seen[3], exported);
    }

    [Fact]
    public void A_text_is_encoded_the_same_alone_and_among_longer_ones()
    {
        float[] alone = [], among = [];

        _tiny.Train("out", TinyTraining.Options with { Steps = 1 }, evaluation: (encode, _) =>
        {
            alone = [.. encode(["w5 w6"])[0]];
            among = [.. encode(["w9 w8 w7 w6 w5 w9 w8 w7", "w5 w6", "w7"])[1]];
            return 0;
        });

        for (var dimension = 0; dimension < alone.Length; dimension++)
        {
            Assert.Equal(alone[dimension], among[dimension], 1e-5);
        }
    }

    [Fact]
    public void Every_step_is_reported()
    {
        var time = new SteppingTime();
        var events = new List<TrainingEvent>();

        _tiny.Train(
            "out",
            TinyTraining.Options with { Steps = 10, SaveEvery = 4, EvaluateEvery = 5, WarmupSteps = 2, LearningRate = 8e-4 },
            evaluation: (_, _) => 0.5,
            progress: events.Add,
            time: time);

        Assert.Equal(Enumerable.Range(1, 10), events.Select(step => step.Step));
        Assert.All(events, step => Assert.Equal(10, step.Steps));
        Assert.Equal([4, 8, 10], events.Where(step => step.CheckpointSaved).Select(step => step.Step));
        Assert.Equal([5, 10], events.Where(step => step.Score is not null).Select(step => step.Step));
        Assert.Equal([0, 4e-4, 8e-4, 7e-4, 6e-4, 5e-4, 4e-4, 3e-4, 2e-4, 1e-4], events.Select(step => Math.Round(step.LearningRate, 10)));
        Assert.All(events, step => Assert.True(step.GradientNorm > 0));
        Assert.All(events, step => Assert.InRange(step.TokensPerSecond, 1, 16 * 12));
        Assert.Equal(TimeSpan.Zero, events[^1].TimeLeft);
        Assert.True(events[0].TimeLeft > events[^2].TimeLeft);
    }

    [Fact]
    public void No_tensor_is_left_behind_by_a_step()
    {
        var tensors = new List<long>();
        _tiny.Train("out", TinyTraining.Options with { Steps = 8, EvaluateEvery = 1, HeldOut = 10 }, evaluation: (encode, _) =>
        {
            encode(["w5 w6", "w7"]);
            tensors.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount); // of this thread: finalizers count elsewhere
            return 0;
        });

        Assert.True(tensors[^1] <= tensors[2], string.Join(' ', tensors));
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(1e38)]
    public void A_loss_that_is_not_finite_stops_with_the_step_named(double learningRate)
    {
        var steps = 0;

        var thrown = Assert.Throws<TrainingDivergedException>(() =>
            _tiny.Train("out", TinyTraining.Options with { LearningRate = learningRate }, progress: _ => steps++));

        Assert.Equal(steps + 1, thrown.Step);
        Assert.Equal(8, thrown.Examples.Count);
        Assert.Contains($"stopped at step {steps + 1}:", thrown.Message);
        Assert.Contains("no checkpoint was saved yet", thrown.Message);
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_refused_before_anything_is_written()
    {
        var thrown = Assert.Throws<Files.DataFormatException>(() => _tiny.Train("out", TinyTraining.Options with { BatchSize = 64 }));

        Assert.Contains("40 sentences, fewer than the batch size 64", thrown.Message);
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public void What_does_not_fit_the_model_is_refused()
    {
        Assert.Contains("even number", Refusal(TinyTraining.Options with { Layers = new LayerRange(1, 2) }));
        Assert.Contains("do not exist", Refusal(TinyTraining.Options with { Layers = new LayerRange(2, 6) }));
        Assert.Contains("33 tokens do not fit the model, which takes at most 32", Refusal(TinyTraining.Options with { MaxTokens = 33 }));

        string Refusal(TrainingOptions options) => Assert.Throws<ArgumentException>(() => _tiny.Train("out", options)).Message;
    }

    /// <summary>A second passes each time somebody looks.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
