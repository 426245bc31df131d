using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using MiCse.Evaluation.Tasks;
using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;
using MiCse.Training.Model;

namespace MiCse.Training.Tests.LowShot;

public class LowShotReportTests
{
    private static readonly LowShotArm MiCse = new(TrainingMethod.MiCse);
    private static readonly LowShotArm Strong = new(TrainingMethod.MiCse, 0.1, new LayerRange(0, 2), MutualInformationEstimator.Exact);

    /// <summary>
    /// SimCSE scores 0.50, 0.52, 0.54 with the seeds 48, 49, 50 and 0.1 more on 1,000 sentences; miCSE 0.01, 0.02, 0.03 more than SimCSE, the other arm
    /// 0.010, 0.009, 0.008 less.
    /// </summary>
    private static LowShotReport Report { get; } = SampleReport.Of([64, 1_000], [48, 49, 50], [LowShotArm.Control, MiCse, Strong], Score);

    [Fact]
    public void Means_and_differences_by_hand()
    {
        var row = Report.Rows.Single(row => row.Shots == 1_000 && row.Arm == MiCse);

        Assert.Equal(0.64, row.Scores().Mean, 12);
        Assert.Equal(0.03, row.Scores().StandardDeviation!.Value, 12);
        Assert.Equal(0.74, row.Scores("STSBenchmark").Mean, 12);
        Assert.Equal(0.02, row.Difference()!.Differences.Mean, 12);
        Assert.Equal(2 * Math.Sqrt(3), row.Difference()!.T!.Value, 9);
        Assert.Null(Report.Rows[0].Difference());
    }

    [Fact]
    public void The_average_is_over_test_sets_and_over_all_without_any()
    {
        var scores = new TaskScores(
        [
            new TaskScore("STS12", EvaluationSplit.Test, 0.5), new TaskScore("STS13", EvaluationSplit.Test, 0.6), new TaskScore("STSBenchmark", EvaluationSplit.Dev, 0.9),
        ]);

        Assert.Equal(0.55, scores.Of(), 12);
        Assert.Equal(0.9, scores.Of("STSBenchmark"));
        Assert.Equal(0.9, new TaskScores([scores.Tasks[2]]).Of());
        Assert.Equal(["STS12", "STS13", "STS-B dev"], scores.Tasks.Select(task => task.Heading));
    }

    [Fact]
    public void Without_simcse_there_is_nothing_to_compare_with()
    {
        var report = SampleReport.Of([64], [48], [MiCse], Score);

        Assert.Null(LowShotTables.Differences(report));
        Assert.DoesNotContain("Difference", Markdown(report), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(Json(report)).RootElement.GetProperty("rows")[0].GetProperty("difference").ValueKind);
    }

    [Fact]
    public void Markdown_is_as_approved() => Approved("ReportMarkdown.approved.txt", Markdown(Report));

    [Fact]
    public void Markdown_of_one_seed_is_as_approved() =>
        Approved("OneSeedMarkdown.approved.txt", Markdown(SampleReport.Of([64], [48], [LowShotArm.Control, MiCse], Score)));

    [Fact]
    public void Json_is_as_approved() => Approved("ReportJson.approved.txt", Rounded(Json(SampleReport.Of([64], [48, 50], [LowShotArm.Control, MiCse], Score))));

    private static double Score(LowShotCell cell)
    {
        var seed = cell.Seed - 48;
        var control = 0.5 + 0.02 * seed + (cell.Shots > 64 ? 0.1 : 0);
        return cell.Arm == MiCse ? control + 0.01 * (1 + seed) : cell.Arm == Strong ? control - 0.01 + 0.001 * seed : control;
    }

    private static void Approved(string file, string text) =>
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "LowShot", file)), text);

    // The last digits of a p differ between the mathematical libraries of operating systems.
    private static string Rounded(string json) => Regex.Replace(
        json, @"-?\d+\.\d+", number => Math.Round(double.Parse(number.Value, CultureInfo.InvariantCulture), 10).ToString(CultureInfo.InvariantCulture));

    private static string Markdown(LowShotReport report)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        LowShotMarkdown.Write(writer, report, "report.png");
        return writer.ToString();
    }

    private static string Json(LowShotReport report)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            LowShotJson.Write(writer, report);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
