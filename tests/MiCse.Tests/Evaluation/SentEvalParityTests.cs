using System.Text.Json;
using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;

namespace MiCse.Tests.Evaluation;

/// <summary>The figures of SentEval's own code on the shared data, with letter counts for embeddings.</summary>
public class SentEvalParityTests
{
    private const double Tolerance = 1e-6;

    private static readonly Lazy<JsonElement> Golden = new(() =>
        JsonDocument.Parse(File.ReadAllText(Fixture.Path("metrics", "senteval_letter_counts.json"))).RootElement.GetProperty("tasks"));

    [Theory]
    [InlineData("STS12")]
    [InlineData("STS13")]
    [InlineData("STS14")]
    [InlineData("STS15")]
    public void Years_agree(string name)
    {
        var result = Evaluate(name);
        var golden = Golden.Value.GetProperty(name).GetProperty("results_cosine_rounded_to_6_decimals");
        Assert.Equal(golden.EnumerateObject().Count() - 1, result.Subsets.Count);
        foreach (var (subset, score) in result.Subsets)
        {
            AssertScore(golden.GetProperty(subset), score);
        }

        var all = golden.GetProperty("all");
        AssertAggregate(all.GetProperty("spearman"), result.All.Spearman, result.MeanSpearman, result.WeightedMeanSpearman);
        AssertAggregate(all.GetProperty("pearson"), result.All.Pearson, result.MeanPearson, result.WeightedMeanPearson);
    }

    [Theory]
    [InlineData("STSBenchmark")]
    [InlineData("SICKRelatedness")]
    public void Development_sets_agree(string name)
    {
        var result = Evaluate(name);
        Assert.Equal(EvaluationSplit.Dev, result.Split);
        AssertScore(Golden.Value.GetProperty(name).GetProperty("results_cosine_rounded_to_6_decimals").GetProperty("dev"), result.All);
    }

    [Theory]
    [InlineData("STS12", 3108)]
    [InlineData("STS13", 1500)]
    [InlineData("STS14", 3750)]
    [InlineData("STS15", 3000)]
    [InlineData("STSBenchmark", 1500)]
    [InlineData("SICKRelatedness", 500)]
    public void Pairs_are_those_of_the_reference(string name, int count)
    {
        var task = Assert.Single(EvaluationTask.Select([name], EvaluationSplit.Dev).Cast<StsTask>());
        var subsets = task.Read(Fixture.Shared("data", "senteval"), EvaluationSplit.Dev);
        Assert.Equal(count, subsets.Sum(subset => subset.Pairs.Count));
        foreach (var subset in subsets)
        {
            foreach (var sample in Golden.Value.GetProperty(name).GetProperty("samples").GetProperty(subset.Name).EnumerateArray())
            {
                Assert.Contains(new StsPair(sample.GetProperty("sentence1").GetString()!, sample.GetProperty("sentence2").GetString()!,
                    sample.GetProperty("gold").GetDouble()), subset.Pairs);
            }
        }
    }

    private static StsResult Evaluate(string name)
    {
        var evaluator = new Evaluator(
            Fixture.Shared("data", "senteval"), EvaluationTask.Select([name], EvaluationSplit.Dev), new EvaluatorOptions { Split = EvaluationSplit.Dev })
        {
            AdjustCosine = cosine => Math.Round(cosine, 6),
        };
        return Assert.Single(evaluator.Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken).Sts);
    }

    private static void AssertScore(JsonElement golden, StsScore score)
    {
        Assert.Equal(golden.GetProperty("n").GetInt32(), score.Pairs);
        Assert.Equal(golden.GetProperty("spearman").GetDouble(), score.Spearman, Tolerance);
        Assert.Equal(golden.GetProperty("pearson").GetDouble(), score.Pearson, Tolerance);
    }

    private static void AssertAggregate(JsonElement golden, double all, double mean, double weightedMean)
    {
        Assert.Equal(golden.GetProperty("all").GetDouble(), all, Tolerance);
        Assert.Equal(golden.GetProperty("mean").GetDouble(), mean, Tolerance);
        Assert.Equal(golden.GetProperty("wmean").GetDouble(), weightedMean, Tolerance);
    }
}
