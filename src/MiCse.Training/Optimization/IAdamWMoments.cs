using static TorchSharp.torch;

namespace MiCse.Training.Optimization;

/// <summary>The moments of one parameter, and how a step updates them and it.</summary>
internal interface IAdamWMoments : IDisposable
{
    /// <summary>The running mean of the gradient; valid until the next step.</summary>
    float[] First { get; }

    /// <summary>The running mean of its square; valid until the next step.</summary>
    float[] Second { get; }

    /// <summary>Takes one step.</summary>
    void Update(Tensor parameter, Tensor gradient, in AdamWCoefficients coefficients);

    /// <summary>Continues from saved moments.</summary>
    void Restore(float[] first, float[] second);
}

/// <summary>The scalars of one step.</summary>
/// <param name="FirstRate">1 - β1.</param>
/// <param name="SecondKept">β2.</param>
/// <param name="SecondRate">1 - β2.</param>
/// <param name="SecondCorrection">√(1 - β2ᵗ).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="NegativeRate">-rate / (1 - β1ᵗ).</param>
/// <param name="ParameterKept">1 - rate · decay.</param>
internal readonly record struct AdamWCoefficients(
    float FirstRate, float SecondKept, float SecondRate, float SecondCorrection, float Epsilon, float NegativeRate, float ParameterKept);
