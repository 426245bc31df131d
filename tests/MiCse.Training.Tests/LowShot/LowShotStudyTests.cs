using MiCse.Evaluation.Tasks;
using MiCse.Files;
using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;

namespace MiCse.Training.Tests.LowShot;

public sealed class LowShotStudyTests : IDisposable
{
    private static readonly string[] s_cells =
    [
        "0008-seed48-simcse", "0008-seed48-micse", "0016-seed48-simcse", "0016-seed48-micse",
        "0008-seed49-simcse", "0008-seed49-micse", "0016-seed49-simcse", "0016-seed49-micse",
    ];

    private readonly TinyStudy _study = new();

    private static LowShotOptions Few { get; } = TinyStudy.Options with { Shots = [8] };

    public void Dispose() => _study.Dispose();

    [Fact]
    public void Every_cell_is_trained_and_scored_and_its_model_deleted()
    {
        var steps = new List<LowShotProgress>();

        var report = _study.Run(progress: steps.Add);

        Assert.Equal(s_cells, steps.Select(step => step.Cell.FileName).Distinct());
        Assert.Equal(Enumerable.Range(1, 24).Select(step => (long)step), steps.Select(step => step.StepsDone));
        Assert.All(steps, step => Assert.Equal((24, 8), (step.Steps, step.Cells)));
        Assert.Equal(TimeSpan.Zero, steps[^1].TimeLeft);
        Assert.Equal(["cells"], Directory.EnumerateFileSystemEntries(_study.Output).Select(Path.GetFileName));
        Assert.Equal(s_cells.Append("untrained").Order(), CellFiles);

        Assert.Equal([(8, "SimCSE"), (8, "miCSE"), (16, "SimCSE"), (16, "miCSE")], report.Rows.Select(row => (row.Shots, row.Arm.Name)));
        Assert.Equal([("STS13", EvaluationSplit.Test), ("STSBenchmark", EvaluationSplit.Dev)], report.Tasks.Select(task => (task.Task, task.Split)));
        Assert.Equal([48, 49], report.Seeds);
        Assert.All(report.Rows, row => Assert.All(row.Cells, cell => Assert.InRange(cell.Scores.Of(), -1, 1)));
        Assert.All(report.Rows, row => Assert.NotEqual(report.Untrained.Of(), row.Cells[0].Scores.Of()));
        // The score on STS-B dev that chose the weights is the one the trained model gets.
        Assert.All(report.Rows.SelectMany(row => row.Cells), cell => Assert.Equal(cell.Best!.Score!.Value, cell.Scores.Of("STSBenchmark"), 1e-6));
        Assert.All(report.Rows.SelectMany(row => row.Cells), cell => Assert.Contains(cell.Best!.Step, new[] { 2, 3 }));
    }

    [Fact]
    public void The_arms_of_a_seed_differ_in_the_attention_term_alone()
    {
        var first = new List<TrainingEvent>();
        var options = TinyStudy.Options with { Shots = [8], Seeds = [48], Arms = [LowShotArm.Control, new(TrainingMethod.MiCse, 0.5)] };

        _study.Run(options, step => first.AddRange(step.Training.Step == 1 ? [step.Training] : []));

        Assert.Equal(first[0].ContrastiveLoss, first[1].ContrastiveLoss, 1e-5);
        Assert.Null(first[0].AttentionMutualInformation);
        Assert.Equal(first[1].ContrastiveLoss - 0.5 * first[1].AttentionMutualInformation!.Value, first[1].Loss, 1e-5);
    }

    [Fact]
    public void Controls_are_trained_and_differ_from_simcse_and_go_on_where_they_were_cut_off()
    {
        var options = Few with
        {
            Seeds = [48],
            Arms = [LowShotArm.Control, LowShotArm.Control with { Dropout = 0.4 }, LowShotArm.Control with { SelfRanking = 2 }],
            Training = Few.Training with { Selection = CheckpointSelection.Last },
        };
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _study.Run(options, step => CancelAt(step, 8, cancellation), cancellation: cancellation));

        var steps = new List<LowShotProgress>();
        var resumed = _study.Run(options, steps.Add);

        Assert.Equal(("0008-seed48-simcse-ranking2", 3), (steps[0].Cell.FileName, steps[0].Training.Step));
        Assert.Equal(["SimCSE", "SimCSE dropout 0.4", "SimCSE self-ranking 2"], resumed.Rows.Select(row => row.Arm.Name));
        Assert.Equal([0.1, 0.4, 0.1], resumed.Rows.Select(row => row.Options.HiddenDropout!.Value));
        Assert.Equal(3, resumed.Rows.Select(row => row.Cells[0].Views?.Alignment ?? row.Cells[0].Scores.Of("STSBenchmark") + row.Cells[0].Scores.Of()).Distinct().Count());
        Directory.Delete(_study.Output, recursive: true);
        Assert.Equal(Json(_study.Run(options)), Json(resumed));
    }

    [Fact]
    public void Self_ranking_goes_with_simcse_alone()
    {
        var options = Few with { Arms = [LowShotArm.Control, new LowShotArm(TrainingMethod.MiCse) { SelfRanking = 1 }] };

        Assert.Contains("self-ranking goes with SimCSE alone", Assert.Throws<ArgumentException>(() => _study.Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_views_are_measured_before_and_after()
    {
        var options = Few with { Seeds = [48], Training = Few.Training with { BatchSize = 4 } };

        var report = _study.Run(options);

        Assert.InRange(report.Views!.AttentionMutualInformation!.Value, 1e-6, 10);
        Assert.All(report.Rows, row => Assert.InRange(row.Cells[0].Views!.AttentionMutualInformation!.Value, 1e-6, 10));
        // Every training changes what two views have in common.
        Assert.Equal(3, report.Rows.Select(row => row.Cells[0].Views!.AttentionMutualInformation).Append(report.Views.AttentionMutualInformation).Distinct().Count());
    }

    [Fact]
    public void Retrieval_is_scored_beside_the_tasks_and_in_no_average()
    {
        var options = Few with { Seeds = [48], Arms = [LowShotArm.Control] };
        var labelled = new LabelledTexts(Enumerable.Range(0, 30).Select(text => ($"w{5 + text} w{6 + text}", text % 2 == 0 ? "even" : "odd")));

        var report = _study.Run(options, retrieval: labelled);

        Assert.Equal(["STS13", "STSBenchmark", "Retrieval"], report.Tasks.Select(task => task.Task));
        Assert.Equal("same label in 10", report.Tasks[^1].Heading);
        Assert.InRange(report.Untrained.Of("Retrieval"), 0.2, 0.8);
        Assert.Equal(report.Untrained.Of("STS13"), report.Untrained.Of());
    }

    [Fact]
    public void What_is_done_is_not_trained_again_and_the_report_is_the_same()
    {
        var whole = Json(_study.Run(Few));
        File.Delete(_study.Cell("0008-seed48-micse"));

        Assert.Equal(["0008-seed48-micse"], _study.Trained(Few));
        Assert.Empty(_study.Trained(Few));
        Assert.Equal(whole, Json(_study.Run(Few)));
    }

    [Fact]
    public void A_study_that_was_cut_off_goes_on_within_its_training()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _study.Run(Few, step => CancelAt(step, 5, cancellation), cancellation: cancellation));
        Assert.Equal(["0008-seed48-simcse", "untrained"], CellFiles);

        var steps = new List<LowShotProgress>();
        var resumed = _study.Run(Few, steps.Add);

        Assert.Equal(("0008-seed48-micse", 3), (steps[0].Cell.FileName, steps[0].Training.Step));
        Assert.Equal(6, steps[0].StepsDone);
        Directory.Delete(_study.Output, recursive: true);
        Assert.Equal(Json(_study.Run(Few)), Json(resumed));
    }

    [Fact]
    public void A_model_that_was_trained_and_not_written_down_is_trained_again()
    {
        var options = Few with { Seeds = [48], KeepModels = true };
        _study.Run(options);
        File.Delete(_study.Cell("0008-seed48-micse"));

        Assert.Equal(["0008-seed48-micse"], _study.Trained(options));
        Assert.Equal(["0008-seed48-micse", "0008-seed48-simcse"], Directory.GetDirectories(Path.Combine(_study.Output, "models")).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(Path.Combine(_study.Output, "models", "0008-seed48-micse", "model.safetensors")));
    }

    [Fact]
    public void More_seeds_and_arms_train_what_is_new()
    {
        _study.Run(Few with { Seeds = [48] });

        Assert.Equal(
            ["0008-seed48-micse-lambda0.5", "0008-seed50-simcse", "0008-seed50-micse-lambda0.5"],
            _study.Trained(Few with { Seeds = [48, 50], Arms = [LowShotArm.Control, new(TrainingMethod.MiCse, 0.5)] }));
    }

    [Fact]
    public void A_cell_with_other_options_is_refused_before_training()
    {
        _study.Run(TinyStudy.Options with { Seeds = [49], Shots = [16] });

        var failure = Assert.Throws<DataFormatException>(() =>
            _study.Run(TinyStudy.Options with { Training = TinyStudy.Options.Training with { LearningRate = 1e-3 } }, _ => Assert.Fail("trained")));

        Assert.StartsWith(
            $"{_study.Cell("0016-seed49-simcse")}: belongs to another study, and the table would mix the two: LearningRate 0.01, now 0.001;",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_evaluation_and_another_base_model_are_refused()
    {
        var options = TinyStudy.Options with { Seeds = [48], Shots = [8] };
        _study.Run(options);

        var tasks = Assert.Throws<DataFormatException>(() => _study.Run(options, tasks: ["STS13"]));
        Assert.Contains("tasks STS13 test STSBenchmark dev, now STS13 test", tasks.Message, StringComparison.Ordinal);

        var weights = Path.Combine(_study.Base, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        Assert.Contains("ModelSha256", Assert.Throws<DataFormatException>(() => _study.Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_cell_is_named()
    {
        _study.Run(TinyStudy.Options with { Seeds = [48], Shots = [8] });
        File.WriteAllText(_study.Cell("0008-seed48-micse"), "{");

        Assert.StartsWith(_study.Cell("0008-seed48-micse"), Assert.Throws<DataFormatException>(() => _study.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        Directory.CreateDirectory(_study.Output);
        File.WriteAllText(Path.Combine(_study.Output, "thesis.txt"), "");

        Assert.Contains("not of a low-shot study", Assert.Throws<IOException>(() => _study.Run()).Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(_study.Output));
    }

    [Fact]
    public void The_last_weights_need_no_development_set()
    {
        File.Delete(Path.Combine(_study.Senteval, "STS", "STSBenchmark", "sts-dev.csv"));
        var last = TinyStudy.Options with { Shots = [8], Seeds = [48], Training = TinyStudy.Options.Training with { Selection = CheckpointSelection.Last } };

        Assert.Null(_study.Run(last, tasks: ["STS13"]).Rows[0].Cells[0].Best);
        var failure = Assert.Throws<DataFormatException>(() => _study.Run(TinyStudy.Options, tasks: ["STS13"]));
        Assert.Contains("STS/STSBenchmark/sts-dev.csv", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_diverges_says_which_cell_it_is()
    {
        var options = TinyStudy.Options with { Training = TinyStudy.Options.Training with { LearningRate = 1e30 } };

        Assert.StartsWith("8 sentences, seed 48, SimCSE: ", Assert.Throws<TrainingDivergedException>(() => _study.Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_that_are_no_sts_are_refused()
    {
        Assert.Contains("MR", Assert.Throws<ArgumentException>(() => new LowShotEvaluation(_study.Senteval, ["STS13", "MR"])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "STS12", Assert.Throws<DataFormatException>(() => new LowShotEvaluation(_study.Senteval, ["STS12"])).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => new LowShotEvaluation(Path.Combine(_study.Senteval, "none"), ["STS13"]));
    }

    private IEnumerable<string?> CellFiles => Directory.GetFiles(Path.Combine(_study.Output, "cells")).Select(Path.GetFileNameWithoutExtension).Order();

    private static void CancelAt(LowShotProgress step, int steps, CancellationTokenSource cancellation)
    {
        if (step.StepsDone == steps)
        {
            cancellation.Cancel();
        }
    }

    private static string Json(LowShotReport report)
    {
        using var stream = new MemoryStream();
        using var writer = new System.Text.Json.Utf8JsonWriter(stream);
        LowShotJson.Write(writer, report);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
