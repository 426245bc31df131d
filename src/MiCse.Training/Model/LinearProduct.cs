using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>The matrix multiplication of a linear layer in a <see cref="Precision"/>.</summary>
internal static class LinearProduct
{
    /// <summary>x·Wᵀ + b, where there is a b. […, inputs] → […, outputs], of the input's type.</summary>
    public static Tensor Linear(this Precision precision, Tensor input, Tensor weight, Tensor? bias)
    {
        if (precision == Precision.Float32)
        {
            return nn.functional.linear(input, weight, bias); // […, outputs]
        }

        using var scope = NewDisposeScope();
        return nn.functional.linear(input.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16), bias?.to(ScalarType.BFloat16))
            .to(input.dtype)
            .MoveToOuterDisposeScope(); // […, outputs]
    }
}
