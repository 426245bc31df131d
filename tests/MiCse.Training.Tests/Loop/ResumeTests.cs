using MiCse.Files;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;

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
    [InlineData(1, false)]
    [InlineData(6, false)]
    [InlineData(6, true)]
    [InlineData(11, false)]
    public void A_killed_training_resumes_to_the_same_bytes(int killedAt, bool groupByLength)
    {
        var options = Options with { GroupByLength = groupByLength };
        var straight = _tiny.Train("straight", options, evaluation: Score);
        var first = 0;

        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("resumed", options, evaluation: Score, progress: step => KillAt(killedAt, step)));
        Assert.Equal(killedAt < 4 ? [] : [$"step-{killedAt / 4 * 4}"], Checkpoints("resumed"));
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
        Assert.Contains("no checkpoint to resume from", Refusal("finished", resume: true));
        Assert.Contains("has files in it", Refusal("other", resume: false));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_tiny.Folder("other"), "notes.txt")));

        string Refusal(string folder, bool resume) => Assert.Throws<IOException>(() => _tiny.Train(folder, Options, resume: resume)).Message;
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
