using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Optimization;

/// <summary>Moments beside a parameter on any device, updated by libtorch's operations, seven for each tensor: line for line the formulas of <see cref="AdamW"/>.</summary>
internal sealed class TensorMoments : IAdamWMoments
{
    private readonly Tensor _first;
    private readonly Tensor _second;

    public TensorMoments(Tensor parameter)
    {
        using var gradients = no_grad();
        _first = zeros_like(parameter).DetachFromDisposeScope();
        _second = zeros_like(parameter).DetachFromDisposeScope();
    }

    /// <summary>A copy.</summary>
    public float[] First => HostMemory.ToArray(_first);

    /// <summary>A copy.</summary>
    public float[] Second => HostMemory.ToArray(_second);

    public void Update(Tensor parameter, Tensor gradient, in AdamWCoefficients coefficients)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _first.lerp_(gradient, coefficients.FirstRate);
        _second.mul_(coefficients.SecondKept).addcmul_(gradient, gradient, coefficients.SecondRate);
        var denominator = _second.sqrt().div_(coefficients.SecondCorrection).add_(coefficients.Epsilon);
        if (coefficients.ParameterKept != 1)
        {
            parameter.mul_(coefficients.ParameterKept);
        }

        parameter.addcdiv_(_first, denominator, coefficients.NegativeRate);
    }

    public void Restore(float[] first, float[] second)
    {
        HostMemory.Fill(_first, first.CopyTo);
        HostMemory.Fill(_second, second.CopyTo);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
