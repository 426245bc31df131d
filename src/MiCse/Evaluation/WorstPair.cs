using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation;

/// <summary>A pair on which the encoder and people disagree.</summary>
/// <param name="Task">The task it is from.</param>
/// <param name="Pair">The sentences, the gold score and the similarity.</param>
/// <param name="RankGap">
/// How far the pair's place among its task's pairs moves between the order by similarity and the order by gold score, as a share of their
/// number: above 0 when the encoder finds the sentences more similar than people do; -1..1.
/// </param>
internal readonly record struct WorstPair(string Task, ScoredPair Pair, double RankGap)
{
    /// <summary>The pairs of a task with their gaps.</summary>
    internal static IEnumerable<WorstPair> Of(StsResult result)
    {
        var similarity = Correlation.AverageRanks([.. result.Pairs.Select(pair => pair.Similarity)]);
        var gold = Correlation.AverageRanks([.. result.Pairs.Select(pair => pair.Pair.Gold)]);
        return result.Pairs.Select((pair, i) => new WorstPair(result.Name, pair, (similarity[i] - gold[i]) / result.Pairs.Count));
    }
}
