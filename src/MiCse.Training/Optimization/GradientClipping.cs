using System.Numerics.Tensors;
using TorchSharp.Modules;

namespace MiCse.Training.Optimization;

/// <summary>Gradient clipping by the norm of all gradients together.</summary>
public static class GradientClipping
{
    /// <summary>
    /// Scales all gradients by <c>maximum / (norm + 1e-6)</c> when that is below 1, as torch's <c>clip_grad_norm_</c> does.
    /// The norm does not depend on the number of threads.
    /// </summary>
    /// <param name="parameters">Float32 parameters on the CPU; those without a gradient are skipped.</param>
    /// <param name="maximum">The largest norm that is left alone.</param>
    /// <returns>The norm before clipping; NaN or infinite when a gradient is, and then nothing is scaled.</returns>
    public static double Clip(IEnumerable<Parameter> parameters, double maximum)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var gradients = parameters.Select(parameter => parameter.grad).OfType<TorchSharp.torch.Tensor>().ToList();
        try
        {
            var elements = gradients.ConvertAll(gradient => new TensorElements(gradient));
            var norm = Math.Sqrt(elements.Sum(SumOfSquares));
            var factor = maximum / (norm + 1e-6);
            if (factor < 1)
            {
                foreach (var gradient in elements)
                {
                    gradient.ForEachChunk(chunk => TensorPrimitives.Multiply(gradient.Chunk(chunk), (float)factor, gradient.Chunk(chunk)));
                }
            }

            return norm;
        }
        finally
        {
            gradients.ForEach(gradient => gradient.Dispose());
        }
    }

    private static double SumOfSquares(TensorElements gradient)
    {
        var sums = new double[gradient.ChunkCount];
        gradient.ForEachChunk(chunk => sums[chunk] = TensorPrimitives.SumOfSquares<float>(gradient.Chunk(chunk)));
        return sums.Sum();
    }
}
