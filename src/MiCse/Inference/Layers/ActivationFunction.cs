using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>Replaces every value by its activation.</summary>
internal delegate void ActivationFunction(Span<float> values);

/// <summary>The functions behind <see cref="Activation"/>.</summary>
internal static class ActivationFunctions
{
    /// <summary>The function of an activation.</summary>
    public static ActivationFunction Function(this Activation activation) => activation switch
    {
        Activation.Gelu => Gelu.Apply,
        Activation.GeluTanh => Silu.ApplyTanhGelu,
        Activation.Silu => Silu.Apply,
        Activation.Relu => static values => TensorPrimitives.Max(values, 0, values),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
    };
}
