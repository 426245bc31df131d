using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation.Reports;

/// <summary>All that is to be shown of an evaluation; <see cref="EvaluationJson"/> and <see cref="EvaluationTables"/> show it.</summary>
/// <param name="Model">How the encoder is called.</param>
/// <param name="Report">What was found.</param>
internal sealed record EvaluationDocument(string Model, EvaluationReport Report)
{
    /// <summary>Which of SentEval's three STS figures tables show; <see cref="SubsetAggregation.All"/> by default.</summary>
    public SubsetAggregation Aggregation { get; init; } = SubsetAggregation.All;

    /// <summary>How many of the worst pairs are shown; none by default.</summary>
    public int WorstPairs { get; init; }

    /// <summary>The other encoder of <see cref="Comparison"/>; null, the default, without a comparison.</summary>
    public string? Against { get; init; }

    /// <summary>The comparison with <see cref="Against"/>.</summary>
    public ModelComparison? Comparison { get; init; }
}
