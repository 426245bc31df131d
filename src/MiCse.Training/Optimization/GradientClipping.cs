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
    /// <returns>The norm before clipping; NaN or infinite when a gradient is, and then nothing is scaled. On another device than the CPU nothing waits for it.</returns>
    public static GradientNorm Clip(IEnumerable<Parameter> parameters, double maximum, bool fused = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var gradients = parameters.Select(parameter => parameter.grad).OfType<Tensor>().ToList();
        try
        {
            if (!fused || gradients.Exists(gradient => !gradient.IsOnCpu()))
            {
                return ClipOnDevice(gradients, maximum);
            }

            var norm = Math.Sqrt(gradients.Sum(gradient => SumOfSquares(new TensorElements(gradient))));
            var scale = maximum / (norm + 1e-6);
            foreach (var gradient in scale < 1 ? gradients : [])
            {
                Scale(new TensorElements(gradient), (float)scale);
            }

            return new GradientNorm(norm);
        }
        finally
        {
            gradients.ForEach(gradient => gradient.Dispose());
        }
    }

    /// <summary>The same without knowing the norm here: all gradients are scaled, by 1 where none should be.</summary>
    private static GradientNorm ClipOnDevice(List<Tensor> gradients, double maximum)
    {
        if (gradients.Count == 0)
        {
            return new GradientNorm(0);
        }

        using var scope = NewDisposeScope();
        var norm = linalg.vector_norm(stack(gradients.Select(gradient => linalg.vector_norm(gradient.to(ScalarType.Float64)))));
        // Infinity less itself is no number, and neither is what is none.
        var scale = (maximum / (norm + 1e-6)).clamp_max(1).masked_fill((norm - norm).ne(0), 1).to(ScalarType.Float32); // []
        foreach (var gradient in gradients)
        {
            gradient.mul_(scale);
        }

        return new GradientNorm(norm.MoveToOuterDisposeScope());
    }

    private static double SumOfSquares(TensorElements gradient)
    {
        var sums = new double[gradient.ChunkCount];
        gradient.ForEachChunk(chunk => sums[chunk] = TensorPrimitives.SumOfSquares<float>(gradient.Chunk(chunk)));
        return sums.Sum();
    }

    private static void Scale(TensorElements gradient, float scale) =>
        gradient.ForEachChunk(chunk => TensorPrimitives.Multiply(gradient.Chunk(chunk), scale, gradient.Chunk(chunk)));
}
