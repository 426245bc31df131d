using MiCse.Checkpoints;

namespace MiCse.Training.Model;

/// <summary>One weight on its way into a checkpoint file.</summary>
/// <param name="Name">Its canonical name (<see cref="WeightNames"/>).</param>
/// <param name="Shape">The sizes of its dimensions.</param>
/// <param name="Values">The elements, row-major.</param>
internal sealed record NamedWeight(string Name, long[] Shape, float[] Values)
{
    /// <summary>The weight as it is written.</summary>
    public TensorContent ToContent() => TensorContent.From(Name, Shape, Values);
}
