using static TorchSharp.torch;

namespace MiCse.Training.Losses;

/// <summary>
/// <see cref="AttentionMutualInformation"/> for a device that is not to be asked how many rows count: all are computed, and those that do not count weigh nothing. The same sums in another order.
/// </summary>
internal static class WeightedMutualInformation
{
    /// <summary>From as many positions of every row as <see cref="AttentionMutualInformation.Sampled"/> draws.</summary>
    public static Tensor Sampled(AttentionRows rows, Generator generator)
    {
        var (common, columns) = (rows.Common, rows.Common.shape[1]);
        var counts = common.sum(1); // [rows]
        var most = full([], AttentionMutualInformation.SamplesPerRow, ScalarType.Int64, common.device);
        var enough = counts.max().ge(most); // []
        var kept = counts.ge(where(enough, most, ones_like(most))); // [rows]
        var samples = where(enough, most, counts.masked_fill(counts.eq(0), columns).min()); // []

        // Those that are not common have the lowest keys, so the first of a kept row's positions are common.
        var keys = rand(common.shape, ScalarType.Float64, common.device, generator: generator).masked_fill_(common.logical_not(), -1); // [rows, columns]
        var places = Math.Min(AttentionMutualInformation.SamplesPerRow, columns);
        var positions = keys.topk((int)places, 1, sorted: true).indexes; // [rows, places]
        var taken = arange(places, ScalarType.Int64, common.device).lt(samples).logical_and(kept.unsqueeze(1)); // [rows, places]
        return Mean(rows, kept, Centred(rows.First.gather(1, positions), taken, samples), Centred(rows.Second.gather(1, positions), taken, samples));
    }

    /// <summary>From all common positions of every row.</summary>
    public static Tensor Exact(AttentionRows rows)
    {
        var counts = rows.Common.sum([1], keepdim: true).clamp_min(1); // [rows, 1]
        return Mean(rows, rows.Common.any(1), Centred(rows.First, rows.Common, counts), Centred(rows.Second, rows.Common, counts));
    }

    // What is not taken becomes ln 1 = 0 and stays out of the sums.
    private static Tensor Centred(Tensor view, Tensor taken, Tensor counts)
    {
        var logarithms = AttentionMutualInformation.Logarithm(where(taken, view, ones([], view.dtype, view.device))); // [rows, positions]
        return (logarithms - (logarithms.sum([1], keepdim: true) / counts)) * taken;
    }

    private static Tensor Mean(AttentionRows rows, Tensor kept, Tensor x, Tensor y)
    {
        var information = AttentionMutualInformation.Information(AttentionMutualInformation.Cosine(x, y)); // [rows]
        var count = kept.sum().clamp_min(1); // []
        var share = (rows.Common.sum(1) * kept).sum().to(ScalarType.Float64) / (count * rows.Common.shape[1]); // []
        return (information * kept).sum() / count * (share.square() + 1e-6); // []
    }
}
