using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary><see cref="Pooling"/> on tensors, so that gradients flow through it. Pure functions.</summary>
internal static class TensorPooling
{
    /// <summary>Whether a pooling looks at other hidden states than the last.</summary>
    public static bool NeedsHiddenStates(Pooling pooling) => pooling is Pooling.MeanOfLastTwo or Pooling.MeanOfFirstAndLast;

    /// <summary>Hidden states → embeddings.</summary>
    /// <param name="output">With all hidden states where <see cref="NeedsHiddenStates"/> says so.</param>
    /// <param name="mask">1 for tokens, 0 for padding; [sequences, tokens].</param>
    /// <param name="pooling">Any but <see cref="Pooling.Cls"/>, which needs a head.</param>
    /// <returns>[sequences, hidden]</returns>
    /// <exception cref="ArgumentOutOfRangeException">A pooling that needs a head.</exception>
    public static Tensor Pool(EncoderOutput output, Tensor mask, Pooling pooling)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(mask);
        return pooling switch
        {
            Pooling.ClsBeforePooler => output.Cls, // [sequences, hidden]
            Pooling.Mean => Mean(output.LastHiddenState, mask), // [sequences, hidden]
            Pooling.MeanOfLastTwo => Mean((output.HiddenStates[^1] + output.HiddenStates[^2]) / 2, mask), // [sequences, hidden]
            Pooling.MeanOfFirstAndLast => Mean((output.HiddenStates[0] + output.HiddenStates[^1]) / 2, mask), // [sequences, hidden]
            _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "This pooling needs a head."),
        };
    }

    private static Tensor Mean(Tensor hidden, Tensor mask)
    {
        var weights = mask.to(hidden.dtype).unsqueeze(2); // [sequences, tokens, 1]
        return (hidden * weights).sum(1) / weights.sum(1); // [sequences, hidden]
    }
}
