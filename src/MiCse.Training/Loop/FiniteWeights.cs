using System.Globalization;
using System.Numerics.Tensors;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Training.Loop;

/// <summary>Keeps weights that are not finite numbers out of checkpoints and models.</summary>
internal static class FiniteWeights
{
    /// <summary>Looks at every weight.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="step">The steps they were trained.</param>
    /// <param name="savedStep">The checkpoint before, if there is one.</param>
    /// <exception cref="TrainingDivergedException">One is infinite or not a number.</exception>
    public static void Require(IEnumerable<Tensor> weights, int step, int? savedStep)
    {
        if (weights.FirstOrDefault(weight => !TensorPrimitives.IsFiniteAll<float>(weight.ToSingles())) is not { } broken)
        {
            return;
        }

        var saved = savedStep is { } kept ? $"the checkpoint of step {kept} is kept" : "nothing was written";
        throw new TrainingDivergedException(step, [], string.Create(
            CultureInfo.InvariantCulture,
            $"Training stopped after step {step}: the weights '{broken.Name}' are not all finite numbers; lower the learning rate or look at the model it started from ({saved})."));
    }
}
