using MiCse.Files;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Tests.Loop;

public sealed class ResumeTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.Options with { EvaluateEvery = 3, SaveEvery = 4 };

    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_does_not()
    {
        _tiny.Train("first", Options);
        _tiny.Train("second", Options);
        _tiny.Train("other", Options with { Seed = 43 });

        Assert.Equal(_tiny.Weights("first"), _tiny.Weights("second"));
        Assert.NotEqual(_tiny.Weights("first"), _tiny.Weights("other"));
    }

    [Fact]
    public void The_schedule_is_a_part_of_a_training_once_it_is_chosen()
    {
        _tiny.Train("linear", Options);
        Dictionary<LearningRateSchedule, byte[]> weights = new() { [LearningRateSchedule.Linear] = _tiny.Weights("linear") };
        foreach (var schedule in (LearningRateSchedule[])[LearningRateSchedule.Cosine, LearningRateSchedule.Constant])
        {
            var name = schedule.ToString();
            var options = Options with { Schedule = schedule };
            using var cancellation = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => _tiny.Train(name, options, progress: step => CancelAt(5, step, cancellation), cancellation: cancellation));
            Assert.Contains($"Schedule {schedule}, now absent", Assert.Throws<ModelFormatException>(() => _tiny.Train(name, Options, resume: true)).Message, StringComparison.Ordinal);
            _tiny.Train(name, options, resume: true);
            Assert.Contains(schedule.ToString(), File.ReadAllText(Path.Combine(_tiny.Folder(name), "README.md")), StringComparison.Ordinal);
            weights.Add(schedule, _tiny.Weights(name));
        }

        Assert.All(weights, one => Assert.All(weights, other => Assert.Equal(one.Key == other.Key, one.Value.AsSpan().SequenceEqual(other.Value))));

        // As before there was a choice.
        Assert.DoesNotContain("Schedule", File.ReadAllText(Path.Combine(_tiny.Folder("linear"), "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_threads_does_not_matter()
    {
        // Large enough for libtorch to share the work out.
        var options = Options with { BatchSize = 40, Steps = 4 };

        _tiny.Train("one", options with { Threads = 1 });
        _tiny.Train("two", options with { Threads = 2 });

        Assert.Equal(_tiny.Weights("one"), _tiny.Weights("two"));
    }

    [Fact]
    public void A_cancelled_training_resumes_to_the_same_bytes()
    {
        var straight = _tiny.Train("straight", Options, evaluation: Score);
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => _tiny.Train(
            "resumed", Options, evaluation: Score, progress: step => CancelAt(5, step, cancellation), cancellation: cancellation));
        Assert.Equal(["step-5"], Checkpoints("resumed"));
        var resumed = _tiny.Train("resumed", Options, evaluation: Score, resume: true);

        AssertSame(straight, resumed);
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(6, true)]
    [InlineData(11, false)]
    public void A_killed_training_resumes_to_the_same_bytes(int killedAt, bool groupByLength)
    {
        var options = Options with { GroupByLength = groupByLength };
        var straight = _tiny.Train("straight", options, evaluation: Score);
        var first = 0;

        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("resumed", options, evaluation: Score, progress: step => KillAt(killedAt, step)));
        Assert.Equal([$"step-{killedAt / 4 * 4}"], Checkpoints("resumed"));
        var resumed = _tiny.Train("resumed", options, evaluation: Score, resume: true, progress: step => first = first == 0 ? step.Step : first);

        Assert.Equal(killedAt / 4 * 4 + 1, first);
        AssertSame(straight, resumed);
    }

    [Fact]
    public void An_evaluation_that_was_cut_off_is_made_up_for()
    {
        var straight = _tiny.Train("straight", Options, evaluation: Score);
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => _tiny.Train(
            "resumed",
            Options,
            evaluation: (encode, token) =>
            {
                cancellation.Cancel();
                token.ThrowIfCancellationRequested();
                return 0;
            },
            cancellation: cancellation));
        var resumed = _tiny.Train("resumed", Options, evaluation: Score, resume: true);

        AssertSame(straight, resumed);
    }

    [Fact]
    public void A_kill_while_a_checkpoint_is_written_leaves_the_one_before()
    {
        _tiny.Train("straight", Options);
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("resumed", Options, progress: step => KillAt(6, step)));
        var half = Directory.CreateDirectory(Path.Combine(_tiny.Folder("resumed"), "checkpoint", ".step-8.0123.tmp"));
        File.WriteAllText(Path.Combine(half.FullName, "training.json"), "{ \"Plan");

        _tiny.Train("resumed", Options, resume: true);

        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
    }

    [Fact]
    public void A_kill_before_the_model_is_in_place_leaves_enough_to_finish()
    {
        _tiny.Train("straight", Options);

        // The last event comes after the last checkpoint and before the export.
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("resumed", Options, progress: step => KillAt(12, step)));
        File.WriteAllText(Path.Combine(_tiny.Folder("resumed"), "model.safetensors"), "moved before the kill");
        _tiny.Train("resumed", Options, resume: true);

        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
        Assert.False(Directory.Exists(Path.Combine(_tiny.Folder("resumed"), "checkpoint")));
    }

    [Fact]
    public void Resuming_with_other_options_or_data_lists_the_differences()
    {
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("out", Options, progress: step => KillAt(6, step)));

        var message = Assert.Throws<ModelFormatException>(() => _tiny.Train(
            "out", Options with { BatchSize = 16, Lambda = 0.25, Layers = new LayerRange(0, 2), SaveEvery = 1, Threads = 1 },
            TinyTraining.Corpus(columns: 2), resume: true)).Message;

        Assert.Contains("BatchSize 8, now 16", message);
        Assert.Contains("Lambda 0.5, now 0.25", message);
        Assert.Contains("Layers 1..3, now 0..2", message);
        Assert.Contains("DataSha256", message);
        Assert.DoesNotContain("Threads", message);
        Assert.DoesNotContain("SaveEvery", message);
        Assert.Equal(["step-4"], Checkpoints("out"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public void Resuming_with_another_number_of_threads_is_warned_of_once(int? threads)
    {
        var events = new List<TrainingEvent>();
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("out", Options with { Threads = 1 }, progress: step => KillAt(6, step)));

        _tiny.Train("out", Options with { Threads = threads }, resume: true, progress: events.Add);

        if (threads == 2)
        {
            Assert.Contains("Resumed with 2 threads what was trained with 1 thread:", events[0].Warning);
        }
        else
        {
            Assert.Null(events[0].Warning);
        }

        Assert.All(events.Skip(1), step => Assert.Null(step.Warning));
    }

    [Fact]
    public void A_folder_that_is_in_use_is_refused()
    {
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("unfinished", Options, progress: step => KillAt(6, step)));
        _tiny.Train("finished", Options);
        Directory.CreateDirectory(_tiny.Folder("other"));
        File.WriteAllText(Path.Combine(_tiny.Folder("other"), "notes.txt"), "mine");

        Assert.Contains("unfinished training; resume it", Refusal("unfinished", resume: false));
        Assert.Contains("holds a model already", Refusal("finished", resume: false));
        Assert.Contains("holds a model already: there is no checkpoint to resume from; to train a finished model further, start a new training", Refusal("finished", resume: true));
        Assert.Contains("has files in it", Refusal("other", resume: false));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_tiny.Folder("other"), "notes.txt")));

        string Refusal(string folder, bool resume) => Assert.Throws<IOException>(() => _tiny.Train(folder, Options, resume: resume)).Message;
    }

    [Fact]
    public void A_folder_without_a_checkpoint_is_not_resumed()
    {
        Directory.CreateDirectory(_tiny.Folder("empty"));
        Directory.CreateDirectory(_tiny.Folder("other"));
        File.WriteAllText(Path.Combine(_tiny.Folder("other"), "notes.txt"), "mine");
        Directory.CreateDirectory(Path.Combine(_tiny.Folder("killed"), "checkpoint", ".step-4.0123.tmp"));

        Assert.Contains($"{_tiny.Folder("typo")}: there is no such folder: there is no checkpoint to resume from", Refusal("typo"));
        Assert.Contains("is empty: there is no checkpoint", Refusal("empty"));
        Assert.Contains("has files in it already: there is no checkpoint", Refusal("other"));
        Assert.Contains("there is no checkpoint", Refusal("killed"));
        Assert.False(Directory.Exists(_tiny.Folder("typo")));

        // What was killed before its first checkpoint can be started again.
        _tiny.Train("killed", Options);
        Assert.False(Directory.Exists(Path.Combine(_tiny.Folder("killed"), "checkpoint")));

        string Refusal(string folder) => Assert.Throws<IOException>(() => _tiny.Train(folder, Options, resume: true)).Message;
    }

    [Fact]
    public void Resumed_with_more_steps_a_training_follows_the_longer_schedule()
    {
        List<double> rates = [], whole = [];
        _tiny.Train("whole", Options with { Steps = 20 }, progress: step => whole.Add(step.LearningRate));
        foreach (var folder in new[] { "first", "second" })
        {
            Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train(folder, Options, progress: step => KillAt(9, step)));
            rates.Clear();
            var result = _tiny.Train(folder, Options with { Steps = 20, Epochs = 7 }, resume: true, progress: step => rates.Add(step.LearningRate));
            Assert.Equal(20, result.Steps);
        }

        Assert.Equal(whole[8..], rates);
        Assert.Equal(_tiny.Weights("first"), _tiny.Weights("second"));
        Assert.NotEqual(_tiny.Weights("whole"), _tiny.Weights("first"));
        Assert.Contains("Started with 12 steps and resumed after step 8 with 20", File.ReadAllText(Path.Combine(_tiny.Folder("first"), "README.md")));
        Assert.DoesNotContain("Started with 12 steps", File.ReadAllText(Path.Combine(_tiny.Folder("whole"), "README.md")));
    }

    [Fact]
    public void An_extended_training_that_is_killed_resumes_to_the_same_bytes()
    {
        foreach (var folder in new[] { "straight", "resumed" })
        {
            Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train(folder, Options, progress: step => KillAt(12, step)));
        }

        var longer = Options with { Steps = 20 };
        var straight = _tiny.Train("straight", longer, resume: true);
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("resumed", longer, resume: true, progress: step => KillAt(17, step)));
        var resumed = _tiny.Train("resumed", longer, resume: true);

        AssertSame(straight, resumed);
    }

    [Fact]
    public void Fewer_steps_and_anything_else_beside_more_steps_are_refused()
    {
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("out", Options, progress: step => KillAt(6, step)));

        Assert.Contains("Steps 12, now 8", Refusal(Options with { Steps = 8 }));
        var other = Refusal(Options with { Steps = 20, LearningRate = 1e-4 });
        Assert.Contains("LearningRate", other);
        Assert.DoesNotContain("Steps", other);

        string Refusal(TrainingOptions options) => Assert.Throws<ModelFormatException>(() => _tiny.Train("out", options, resume: true)).Message;
    }

    [Fact]
    public void Weights_that_are_not_finite_are_neither_saved_nor_exported()
    {
        // A step of this length leaves the range of single precision although loss and gradient are finite.
        var diverged = Assert.Throws<TrainingDivergedException>(() => _tiny.Train("out", Options with { Steps = 1, LearningRate = 1e39 }));

        Assert.Contains("are not all finite numbers", diverged.Message);
        Assert.Contains("nothing was written", diverged.Message);
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public void A_broken_checkpoint_is_named()
    {
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("out", Options, progress: step => KillAt(6, step)));
        var state = Path.Combine(_tiny.Folder("out"), "checkpoint", "step-4", "training.json");
        File.WriteAllText(state, File.ReadAllText(state)[..100]);

        var thrown = Assert.Throws<ModelFormatException>(() => _tiny.Train("out", Options, resume: true));

        Assert.Equal(state, thrown.Path);
    }

    /// <summary>Depends on the weights: the mean of an embedding's values.</summary>
    private static double Score(Func<IReadOnlyList<string>, Vectors.EmbeddingMatrix> encode, CancellationToken cancellationToken) =>
        encode(["w5 w6 w7", "w8 w9"]).Values.ToArray().Average(value => (double)value * value * value);

    private static void CancelAt(int stop, TrainingEvent step, CancellationTokenSource cancellation)
    {
        if (step.Step == stop)
        {
            cancellation.Cancel();
        }
    }

    // Any exception that the trainer cannot know stands for a power cut.
    private static void KillAt(int stop, TrainingEvent step)
    {
        if (step.Step == stop)
        {
            throw new InvalidTimeZoneException();
        }
    }

    private string[] Checkpoints(string folder)
    {
        var path = Path.Combine(_tiny.Folder(folder), "checkpoint");
        return Directory.Exists(path) ? [.. Directory.GetFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!)] : [];
    }

    private void AssertSame(TrainingResult straight, TrainingResult resumed)
    {
        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
        Assert.Equal(straight.Scores, resumed.Scores);
        Assert.Equal(straight.Best, resumed.Best);
        Assert.Equal(straight.Loss, resumed.Loss);
    }
}
