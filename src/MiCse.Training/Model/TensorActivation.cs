using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary><see cref="Activation"/> on tensors, so that gradients flow through it.</summary>
internal static class TensorActivation
{
    /// <summary>Activates every element.</summary>
    public static Tensor Activate(this Activation activation, Tensor values) => activation switch
    {
        Activation.Gelu => nn.functional.gelu(values),
        Activation.GeluTanh => nn.functional.gelu(values, GELU.Approximate.tanh),
        Activation.Silu => nn.functional.silu(values),
        Activation.Relu => nn.functional.relu(values),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
    };
}
