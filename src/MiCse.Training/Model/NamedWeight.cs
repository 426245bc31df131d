namespace MiCse.Training.Model;

/// <summary>One weight on its way into a checkpoint file.</summary>
/// <param name="Name">Its canonical name (<see cref="MiCse.Models.WeightNames"/>).</param>
/// <param name="Shape">The sizes of its dimensions.</param>
/// <param name="Values">The elements, row-major.</param>
public sealed record NamedWeight(string Name, long[] Shape, float[] Values);
