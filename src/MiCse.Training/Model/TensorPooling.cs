using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary><see cref="PoolingFormula"/> on tensors, so that gradients flow through it. Pure functions.</summary>
internal static class TensorPooling
{
    /// <summary>Whether poolings look at other hidden states than the last.</summary>
    public static bool NeedsHiddenStates(IEnumerable<Pooling> poolings) => poolings.Any(pooling => PoolingFormula.Of(pooling).Layers != PooledLayers.Last);

    /// <summary>Hidden states → vectors, those of several poolings side by side.</summary>
    /// <param name="output">With all hidden states where <see cref="NeedsHiddenStates"/> says so.</param>
    /// <param name="mask">1 for tokens that count, 0 for padding and others; [sequences, tokens].</param>
    /// <param name="poolings">Any but <see cref="Pooling.Cls"/>, which needs a head.</param>
    /// <returns>[sequences, poolings · hidden]</returns>
    /// <exception cref="ArgumentOutOfRangeException">A pooling that needs a head.</exception>
    public static Tensor Pool(EncoderOutput output, Tensor mask, IReadOnlyList<Pooling> poolings) =>
        poolings is [var single] ? Pool(output, mask, single) : cat([.. poolings.Select(pooling => Pool(output, mask, pooling))], 1);

    /// <summary>The same for one pooling.</summary>
    /// <returns>[sequences, hidden]</returns>
    /// <inheritdoc cref="Pool(EncoderOutput, Tensor, IReadOnlyList{Pooling})"/>
    public static Tensor Pool(EncoderOutput output, Tensor mask, Pooling pooling)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(mask);
        var formula = PoolingFormula.Of(pooling);
        if (formula.HasHead)
        {
            throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "This pooling needs a head.");
        }

        var hidden = formula.Layers switch // [sequences, tokens, hidden]
        {
            PooledLayers.LastTwo => (output.HiddenStates[^1] + output.HiddenStates[^2]) / 2,
            PooledLayers.FirstAndLast => (output.HiddenStates[0] + output.HiddenStates[^1]) / 2,
            _ => output.LastHiddenState,
        };
        return formula.Reduction switch
        {
            TokenReduction.First => output.Cls, // [sequences, hidden]
            TokenReduction.Last => Last(hidden, mask),
            TokenReduction.Max => hidden.masked_fill(mask.eq(0).unsqueeze(2), PoolingConstants.MaskedValue).amax([1]), // [sequences, hidden]
            TokenReduction.Mean => Mean(hidden, mask), // [sequences, hidden]
            TokenReduction.MeanSqrtLength => Sum(hidden, Weights(mask, hidden), static total => total.sqrt()), // [sequences, hidden]
            TokenReduction.WeightedMean => Sum(hidden, Weights(mask, hidden) * Places(hidden), static total => total), // [sequences, hidden]
            _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Not a pooling."),
        };
    }

    private static Tensor Mean(Tensor hidden, Tensor mask)
    {
        var weights = mask.to(hidden.dtype).unsqueeze(2); // [sequences, tokens, 1]
        return (hidden * weights).sum(1) / weights.sum(1); // [sequences, hidden]
    }

    private static Tensor Weights(Tensor mask, Tensor hidden) => mask.to(hidden.dtype).unsqueeze(2); // [sequences, tokens, 1]

    private static Tensor Places(Tensor hidden) => arange(1, hidden.shape[1] + 1, hidden.dtype, hidden.device).unsqueeze(0).unsqueeze(2); // [1, tokens, 1]

    private static Tensor Sum(Tensor hidden, Tensor weights, Func<Tensor, Tensor> divisor) =>
        (hidden * weights).sum(1) / divisor(weights.sum(1).clamp_min(PoolingConstants.LeastWeight)); // [sequences, hidden]

    // The place of the last token is the largest; the others are multiplied by 0.
    private static Tensor Last(Tensor hidden, Tensor mask)
    {
        var places = Weights(mask, hidden) * Places(hidden); // [sequences, tokens, 1]
        var last = places.eq(places.amax([1], keepdim: true)).logical_and(places.gt(0)).to(hidden.dtype);
        return (hidden * last).sum(1); // [sequences, hidden]
    }
}
