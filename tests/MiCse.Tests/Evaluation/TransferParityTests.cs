using System.Text.Json;
using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;

namespace MiCse.Tests.Evaluation;

/// <summary>
/// The accuracies of scikit-learn under SentEval's protocol, with letter counts for embeddings; tests/Reference/senteval_transfer.py makes
/// them.
/// </summary>
public class TransferParityTests
{
    /// <summary>The folds are the same and so are the optima; an example on the border may fall on the other side.</summary>
    private const double Tolerance = 0.001;

    private static readonly Lazy<JsonElement> Golden = new(() =>
        JsonDocument.Parse(File.ReadAllText(Fixture.Path("metrics", "senteval_transfer_letter_counts.json"))).RootElement);

    [Theory]
    [InlineData("CR", EvaluationSplit.Test, "10")]
    [InlineData("CR", EvaluationSplit.Dev, "5")]
    [InlineData("MR", EvaluationSplit.Test, "3")]
    [InlineData("SUBJ", EvaluationSplit.Test, "3")]
    [InlineData("MPQA", EvaluationSplit.Test, "3")]
    [InlineData("SST2", EvaluationSplit.Test, "split")]
    [InlineData("SST2", EvaluationSplit.Dev, "split")]
    [InlineData("TREC", EvaluationSplit.Test, "10")]
    [InlineData("TREC", EvaluationSplit.Dev, "5")]
    [InlineData("MRPC", EvaluationSplit.Dev, "5")]
    public void Accuracies_agree(string name, EvaluationSplit split, string folds)
    {
        var options = new EvaluatorOptions { Split = split, Folds = folds == "split" ? null : int.Parse(folds), BootstrapSamples = 100 };
        var evaluator = new Evaluator(Fixture.Shared("data", "senteval"), EvaluationTask.Select([name], split), options);
        var report = evaluator.Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        var result = Assert.Single(report.Transfer);
        var figure = split == EvaluationSplit.Test ? "test" : "dev";
        var expected = Golden.Value.GetProperty(name).GetProperty(folds).GetProperty(figure).GetDouble() / 100;
        Assert.Equal(expected, result.Accuracy, Tolerance);
    }

    [Theory]
    [InlineData("MR", 10_662)]
    [InlineData("CR", 3_775)]
    [InlineData("SUBJ", 10_000)]
    [InlineData("MPQA", 10_606)]
    [InlineData("SST2", 67_349 + 872 + 1_821)]
    [InlineData("TREC", 5_452 + 500)]
    public void Examples_are_those_of_the_reference(string name, int count)
    {
        var task = Assert.Single(EvaluationTask.Select([name], EvaluationSplit.Test));
        Assert.Equal(count, task.Load(Fixture.Shared("data", "senteval"), new TaskSettings(EvaluationSplit.Test, 10, Threads: null)).Sentences.Count());
    }

    [Fact]
    public void Without_mrpc_test_the_task_is_missing_and_has_a_development_figure_still()
    {
        var folder = Fixture.Shared("data", "senteval");
        var task = Assert.Single(EvaluationTask.Select(["MRPC"], EvaluationSplit.Test));
        Assert.Equal("MRPC/msr_paraphrase_test.txt", task.MissingFile(folder, EvaluationSplit.Test));
        Assert.Null(task.MissingFile(folder, EvaluationSplit.Dev));
    }
}
