using System.Numerics.Tensors;
using MiCse.Training.Model;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace MiCse.Training.Optimization;

/// <summary>Gradient clipping by the norm of all gradients together.</summary>
internal static class GradientClipping
{
    /// <summary>
    /// Scales all gradients by <c>maximum / (norm + 1e-6)</c> when that is below 1, as torch's <c>clip_grad_norm_</c> does.
    /// The norm does not depend on the number of threads.
    /// </summary>
    /// <param name="parameters">Float32 parameters on any device; those without a gradient are skipped.</param>
    /// <param name="maximum">The largest norm that is left alone.</param>
    /// <param name="fused">Whether gradients on the CPU are read and scaled in place; false computes them as those on other devices.</param>
    /// <returns>The norm before clipping; NaN or infinite when a gradient is, and then nothing is scaled.</returns>
    public static double Clip(IEnumerable<Parameter> parameters, double maximum, bool fused = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var gradients = parameters.Select(parameter => parameter.grad).OfType<Tensor>().ToList();
        try
        {
            var norm = Math.Sqrt(gradients.Sum(gradient => IsFused(gradient) ? SumOfSquares(new TensorElements(gradient)) : SumOfSquares(gradient)));
            var scale = maximum / (norm + 1e-6);
            foreach (var gradient in scale < 1 ? gradients : [])
            {
                if (IsFused(gradient))
                {
                    Scale(new TensorElements(gradient), (float)scale);
                }
                else
                {
                    gradient.mul_((float)scale);
                }
            }

            return norm;
        }
        finally
        {
            gradients.ForEach(gradient => gradient.Dispose());
        }

        bool IsFused(Tensor gradient) => fused && gradient.IsOnCpu();
    }

    private static double SumOfSquares(TensorElements gradient)
    {
        var sums = new double[gradient.ChunkCount];
        gradient.ForEachChunk(chunk => sums[chunk] = TensorPrimitives.SumOfSquares<float>(gradient.Chunk(chunk)));
        return sums.Sum();
    }

    private static double SumOfSquares(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        return gradient.to(ScalarType.Float64).square().sum().item<double>();
    }

    private static void Scale(TensorElements gradient, float scale) =>
        gradient.ForEachChunk(chunk => TensorPrimitives.Multiply(gradient.Chunk(chunk), scale, gradient.Chunk(chunk)));
}
