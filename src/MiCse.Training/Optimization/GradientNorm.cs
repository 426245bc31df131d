using static TorchSharp.torch;

namespace MiCse.Training.Optimization;

/// <summary>The norm of a step's gradient, which may still lie on the device that computes it.</summary>
internal readonly struct GradientNorm
{
    private readonly double _known;
    private readonly Tensor? _onDevice;

    public GradientNorm(double known) => _known = known;

    /// <param name="onDevice">A float64 scalar; belongs to the caller's dispose scope.</param>
    public GradientNorm(Tensor onDevice) => _onDevice = onDevice;

    /// <summary>The number; waits for the device.</summary>
    public double Read() => _onDevice?.item<double>() ?? _known;
}
