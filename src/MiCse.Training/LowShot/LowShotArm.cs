using System.Globalization;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;

namespace MiCse.Training.LowShot;

/// <summary>One way of training that a study compares.</summary>
/// <param name="Method">The loss.</param>
/// <param name="Lambda">Weight λ of miCSE's attention mutual information; null takes the preset's (<see cref="LowShotPreset"/>).</param>
/// <param name="Layers">The layers whose attention enters it; null takes the default range (<see cref="LayerRange.Default"/>).</param>
/// <param name="Estimator">How it is estimated; null takes what <see cref="LowShotOptions.Training"/> says.</param>
public sealed record LowShotArm(
    TrainingMethod Method, double? Lambda = null, LayerRange? Layers = null, MutualInformationEstimator? Estimator = null)
{
    /// <summary>InfoNCE alone: what every other arm is compared with.</summary>
    public static LowShotArm Control { get; } = new(TrainingMethod.SimCse);

    /// <summary>
    /// Dropout of embeddings, layer outputs and attention, 0 to below 1: a control that makes the two views of a sentence differ more. Default: null, what
    /// <see cref="LowShotOptions.Training"/> says.
    /// </summary>
    public double? Dropout { get; init; }

    /// <summary>
    /// Weight of the divergence between the model's rankings of the sentences and those that it started with, besides InfoNCE (ListNet; the teacher is the model's own start):
    /// a control without attention. Default: null, none. Only with <see cref="TrainingMethod.SimCse"/>.
    /// </summary>
    public double? SelfRanking { get; init; }

    /// <summary>The name in tables: "SimCSE", "miCSE", or "miCSE λ 0.001 layers 2..4 exact" with what is not left to defaults.</summary>
    public string Name => string.Join(' ', new[]
    {
        Method == TrainingMethod.SimCse ? "SimCSE" : "miCSE",
        Lambda is { } lambda ? $"λ {Figure(lambda)}" : "",
        Layers is { } layers ? $"layers {layers}" : "",
        Estimator is { } estimator ? Word(estimator) : "",
        Dropout is { } dropout ? $"dropout {Figure(dropout)}" : "",
        SelfRanking is { } ranking ? $"self-ranking {Figure(ranking)}" : "",
    }.Where(part => part.Length > 0));

    /// <summary>The name in files.</summary>
    internal string FileName => string.Join('-', new[]
    {
        Method == TrainingMethod.SimCse ? "simcse" : "micse",
        Lambda is { } lambda ? $"lambda{Figure(lambda)}" : "",
        Layers is { } layers ? string.Create(CultureInfo.InvariantCulture, $"layers{layers.First}-{layers.End}") : "",
        Estimator is { } estimator ? Word(estimator) : "",
        Dropout is { } dropout ? $"dropout{Figure(dropout)}" : "",
        SelfRanking is { } ranking ? $"ranking{Figure(ranking)}" : "",
    }.Where(part => part.Length > 0));

    /// <summary>Every combination for miCSE, and for SimCSE, which knows none of the three, one arm.</summary>
    /// <param name="methods">The losses, in the order of the table.</param>
    /// <param name="lambdas">λ values; none leaves it to the preset.</param>
    /// <param name="layers">Layer ranges; none leaves it to the default.</param>
    /// <param name="estimators">Estimators; none leaves it to the default.</param>
    /// <exception cref="ArgumentException">There are values for miCSE, and miCSE is not among the methods.</exception>
    public static IReadOnlyList<LowShotArm> Combine(
        IEnumerable<TrainingMethod> methods,
        IReadOnlyCollection<double> lambdas,
        IReadOnlyCollection<LayerRange> layers,
        IReadOnlyCollection<MutualInformationEstimator> estimators)
    {
        TrainingMethod[] wanted = [.. methods.Distinct()];
        if (!wanted.Contains(TrainingMethod.MiCse) && lambdas.Count + layers.Count + estimators.Count > 0)
        {
            throw new ArgumentException("λ, layers and estimator belong to miCSE, which is not among the methods: add it, or leave them out.");
        }

        var attention =
            from lambda in OrDefault(lambdas)
            from range in OrDefault(layers)
            from estimator in OrDefault(estimators)
            select new LowShotArm(TrainingMethod.MiCse, lambda, range, estimator);
        return [.. wanted.SelectMany(method => method == TrainingMethod.MiCse ? attention : [new LowShotArm(method)])];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IEnumerable<T?> OrDefault<T>(IReadOnlyCollection<T> values)
        where T : struct => values.Count == 0 ? [null] : values.Distinct().Cast<T?>();

    private static string Figure(double value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Word(MutualInformationEstimator estimator) => estimator.ToString().ToLowerInvariant();
}
