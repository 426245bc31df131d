using MiCse.Training.Contrastive;

namespace MiCse.Training.Tests.Contrastive;

public sealed class CheckpointSelectionTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.Options with { HeldOut = 10, EvaluateEvery = 2, SaveEvery = 5, Steps = 16 };

    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Label_free_selection_keeps_the_weights_of_the_lowest_loss()
    {
        string[] texts = ["w5 w6 w7", "w8 w9"];
        var seen = new Dictionary<double, float[]>();
        var events = new List<TrainingEvent>();

        // These pairs have nothing in common: to learn them is to get worse at others.
        var result = _tiny.Train(
            "out",
            Options with { Selection = CheckpointSelection.LabelFree, LearningRate = 0.01 },
            TinyTraining.Corpus(columns: 2),
            evaluation: (encode, _) =>
            {
                seen[seen.Count] = encode(texts).Values.ToArray();
                return seen.Count; // The last would be the best by score.
            },
            progress: events.Add);

        var lowest = result.Scores.MinBy(score => score.HeldOut!.Loss)!;
        Assert.NotEqual(16, lowest.Step);
        Assert.Equal(lowest, result.Best);
        Assert.Equal(lowest.Step, events.Last(step => step.IsBest).Step);
        Assert.Equal(result.Scores.Select(score => score.HeldOut), events.Where(step => step.HeldOut is not null).Select(step => step.HeldOut));
        using var encoder = SentenceEncoder.Load(_tiny.Folder("out"));
        var exported = encoder.Encode(texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings.Values.ToArray();
        var expected = seen[(lowest.Step / 2) - 1];
        Assert.All(exported.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void The_last_weights_are_kept_when_that_is_asked_for()
    {
        var result = _tiny.Train("last", Options with { Selection = CheckpointSelection.Last }, evaluation: (_, _) => 1);
        _tiny.Train("plain", Options);

        Assert.Null(result.Best);
        Assert.Equal(8, result.Scores.Count);
        Assert.Equal(_tiny.Weights("plain"), _tiny.Weights("last"));
    }

    [Fact]
    public void A_label_free_training_that_was_cut_off_ends_with_the_same_bytes()
    {
        var options = Options with { Selection = CheckpointSelection.LabelFree, LearningRate = 0.03 };
        var straight = _tiny.Train("straight", options);

        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train(
            "resumed", options, progress: step => _ = step.Step == 12 ? throw new InvalidTimeZoneException() : 0));
        var resumed = _tiny.Train("resumed", options, resume: true);

        Assert.Equal(straight.Scores, resumed.Scores);
        Assert.Equal(straight.Best, resumed.Best);
        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
    }

    [Fact]
    public void What_is_missing_for_a_selection_is_named()
    {
        Assert.Contains("needs an evaluation on labelled data", Refusal(CheckpointSelection.Score, heldOut: 10));
        Assert.Contains("label-free selection needs at least 2", Refusal(CheckpointSelection.LabelFree, heldOut: 0));
        Assert.Contains("at least 2 so that there is something to contrast with", Refusal(CheckpointSelection.Last, heldOut: 1));
        Assert.False(Directory.Exists(_tiny.Folder("out")));

        string Refusal(CheckpointSelection selection, int heldOut) => Assert.Throws<ArgumentException>(() =>
            _tiny.Train("out", Options with { Selection = selection, HeldOut = heldOut })).Message;
    }

    [Fact]
    public void A_loss_that_is_not_a_number_never_wins_and_of_equals_the_first_stays()
    {
        Assert.True(At(2).IsBetterThan(At(3), CheckpointSelection.LabelFree));
        Assert.True(At(2).IsBetterThan(null, CheckpointSelection.LabelFree));
        Assert.False(At(2).IsBetterThan(At(2), CheckpointSelection.LabelFree));
        Assert.False(At(double.NaN).IsBetterThan(null, CheckpointSelection.LabelFree));
        Assert.False(At(double.NaN).IsBetterThan(At(2), CheckpointSelection.LabelFree));

        static TrainingScore At(double value) => new(1, null, new HeldOutMeasures { Loss = value, Alignment = value, Uniformity = value, ContrastiveLoss = value });
    }
}
