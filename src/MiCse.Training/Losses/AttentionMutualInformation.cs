using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Losses;

/// <summary>
/// Attention mutual information, AMI (miCSE, arXiv 2211.04928): how alike the two views of a sentence attend. Attention is taken
/// as log-normal; per row (<see cref="AttentionRows"/>) ρ is the Pearson correlation of the two views' logarithms over common positions, and
/// <code>
/// I     = -1/2 · ln(1 - ρ²)
/// scale = (share of common positions in the kept rows)² + 1e-6
/// AMI   = mean of I over the kept rows · scale
/// </code>
/// The value is positive and the loss subtracts it. ρ² is held below 1 - 1e-12, so AMI is at most 13.8 and its gradient finite even
/// when the views coincide; a probability below 1e-30, which softmax has all but extinguished, has no gradient, because that of its
/// logarithm may be beyond 32 bits. Rows without common positions are left out; when there are no others, AMI is 0. Computed in float64.
/// Pure functions of tensors.
/// </summary>
public static class AttentionMutualInformation
{
    /// <summary>How many common positions of a row are sampled, and how many a row must have to be kept.</summary>
    public const int SamplesPerRow = 150;

    private const double SmallestUnexplainedShare = 1e-12;
    private const double SmallestNorm = 1e-6;
    private const double SmallestWithGradient = 1e-30;

    /// <summary>
    /// AMI as in the paper: from every row that has at least <see cref="SamplesPerRow"/> common positions, that many are drawn without replacement;
    /// when no row has so many, the smallest count of any row is drawn from every row.
    /// </summary>
    /// <param name="attentionMaps">
    /// One per layer of the range, after softmax and dropout, each [sequences, heads, query, key]; the sequences of a sentence are neighbours.
    /// </param>
    /// <param name="generator">Draws the positions. The same state gives the same positions whatever the number of threads.</param>
    /// <param name="sequencesPerSentence">2, or 3 when hard negatives are in the batch; they are left out here.</param>
    /// <returns>A float64 scalar.</returns>
    /// <exception cref="ArgumentException">An odd number of layers, or sequences that do not divide into sentences.</exception>
    public static Tensor Sampled(IReadOnlyList<Tensor> attentionMaps, Generator generator, int sequencesPerSentence = 2)
    {
        using var scope = NewDisposeScope();
        var all = AttentionRows.From(attentionMaps, sequencesPerSentence);
        if (all.First.device_type != DeviceType.CPU)
        {
            return WeightedMutualInformation.Sampled(all, generator).MoveToOuterDisposeScope();
        }

        var (rows, samples) = KeepForSampling(all);
        return (samples == 0 ? Nothing(rows) : OfSamples(rows, Draw(rows.Common, samples, generator))).MoveToOuterDisposeScope();
    }

    /// <summary>AMI over all common positions of every row that has any: nothing is random.</summary>
    /// <inheritdoc cref="Sampled"/>
    public static Tensor Exact(IReadOnlyList<Tensor> attentionMaps, int sequencesPerSentence = 2)
    {
        using var scope = NewDisposeScope();
        var rows = AttentionRows.From(attentionMaps, sequencesPerSentence);
        if (rows.First.device_type != DeviceType.CPU)
        {
            return WeightedMutualInformation.Exact(rows).MoveToOuterDisposeScope();
        }

        rows = rows.Keep(rows.Common.any(1).nonzero().squeeze(1));
        return (rows.First.shape[0] == 0 ? Nothing(rows) : ExactOf(rows)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// I of every head by itself, over all common positions of its map: with two layers, what <see cref="Exact"/> takes the mean of before it scales it.
    /// </summary>
    /// <param name="attentionMaps">One per layer, any number of them, each [sequences, heads, query, key]; the sequences of a sentence are neighbours.</param>
    /// <param name="sequencesPerSentence">2, or 3 when hard negatives are in the batch; they are left out here.</param>
    /// <returns>float64 [sentences, layers, heads], NaN where a head has no common position.</returns>
    /// <exception cref="ArgumentException">No layers, or sequences that do not divide into sentences.</exception>
    public static Tensor ByHead(IReadOnlyList<Tensor> attentionMaps, int sequencesPerSentence = 2)
    {
        ArgumentNullException.ThrowIfNull(attentionMaps);
        ArgumentOutOfRangeException.ThrowIfZero(attentionMaps.Count, nameof(attentionMaps));
        using var scope = NewDisposeScope();
        return stack(attentionMaps.Select(OfLayer), 1).MoveToOuterDisposeScope(); // [sentences, layers, heads]

        Tensor OfLayer(Tensor map)
        {
            using var layerScope = NewDisposeScope(); // a layer at a time: maps are large in float64
            var rows = AttentionRows.OfLayer(map, sequencesPerSentence);
            var information = Information(CorrelationOfCommon(rows)).masked_fill(rows.Common.any(1).logical_not(), double.NaN); // [sentences · heads]
            return information.unflatten(0, [-1, map.shape[1]]).MoveToOuterDisposeScope(); // [sentences, heads]
        }
    }

    /// <summary>The rows that are kept, and how many positions are drawn from each; 0 when there is no common position at all.</summary>
    internal static (AttentionRows Rows, int Samples) KeepForSampling(AttentionRows rows)
    {
        var counts = rows.Common.sum(1); // [rows]
        if (counts.max().item<long>() >= SamplesPerRow)
        {
            return (rows.Keep(counts.ge(SamplesPerRow).nonzero().squeeze(1)), SamplesPerRow);
        }

        var filled = counts.nonzero().squeeze(1); // [rows with common positions]
        return filled.shape[0] == 0 ? (rows, 0) : (rows.Keep(filled), (int)counts.index_select(0, filled).min().item<long>());
    }

    /// <summary>AMI of given positions.</summary>
    /// <param name="rows">The kept rows.</param>
    /// <param name="positions">Columns, common to both views. int64 [rows, samples]</param>
    internal static Tensor OfSamples(AttentionRows rows, Tensor positions) => Mean(Correlation(rows, positions), rows);

    /// <summary>AMI of all common positions of some rows, each of which has some.</summary>
    internal static Tensor ExactOf(AttentionRows rows) => Mean(CorrelationOfCommon(rows), rows);

    /// <summary>ρ of each row at given positions. [rows]</summary>
    internal static Tensor Correlation(AttentionRows rows, Tensor positions)
    {
        var (x, y) = (Logarithms(rows.First), Logarithms(rows.Second)); // [rows, samples]
        return Cosine(x - x.mean([1], keepdim: true), y - y.mean([1], keepdim: true));

        Tensor Logarithms(Tensor view) => Logarithm(view.gather(1, positions));
    }

    /// <summary>ρ of each row over all its common positions. [rows]</summary>
    internal static Tensor CorrelationOfCommon(AttentionRows rows)
    {
        var counts = rows.Common.sum([1], keepdim: true); // [rows, 1]
        return Cosine(Centred(rows.First), Centred(rows.Second));

        Tensor Centred(Tensor view)
        {
            // Other positions become ln 1 = 0 and stay out of the sums.
            var logarithms = Logarithm(where(rows.Common, view, ones([], view.dtype, view.device))); // [rows, columns]
            return (logarithms - (logarithms.sum([1], keepdim: true) / counts)) * rows.Common;
        }
    }

    /// <summary>Uniformly drawn without replacement: the positions with the largest random keys.</summary>
    private static Tensor Draw(Tensor common, int samples, Generator generator)
    {
        var keys = rand(common.shape, ScalarType.Float64, common.device, generator: generator).masked_fill_(common.logical_not(), -1); // [rows, columns]
        return keys.topk(samples, 1, sorted: false).indexes; // [rows, samples]
    }

    /// <summary>ln p, without a gradient where p is all but 0.</summary>
    internal static Tensor Logarithm(Tensor probabilities)
    {
        var wide = probabilities.to(ScalarType.Float64);
        return where(wide.lt(SmallestWithGradient), wide.detach(), wide).log();
    }

    /// <summary>ρ of rows that are centred. [rows]</summary>
    internal static Tensor Cosine(Tensor x, Tensor y) =>
        (x * y).sum(1) / (Norm(x) * Norm(y)); // [rows]

    private static Tensor Norm(Tensor rows) => linalg.vector_norm(rows, 2, [1]).clamp_min(SmallestNorm); // [rows]

    private static Tensor Mean(Tensor correlation, AttentionRows rows)
    {
        var share = rows.Common.mean([], type: ScalarType.Float64); // []
        return Information(correlation).mean() * (share.square() + 1e-6); // []
    }

    /// <summary>I of every row. [rows]</summary>
    internal static Tensor Information(Tensor correlation) =>
        (1 - correlation.square()).clamp_min(SmallestUnexplainedShare).log() * -0.5; // [rows]

    private static Tensor Nothing(AttentionRows rows) => zeros([], ScalarType.Float64, rows.First.device);
}
