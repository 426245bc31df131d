using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>By which angles the positions of a batch turn queries and keys (<see cref="Models.RotaryPositions"/>).</summary>
/// <param name="Cosines">[1 or sequences, 1, tokens, head size / 2]</param>
/// <param name="Sines">Alike.</param>
internal sealed record RotaryAngles(Tensor Cosines, Tensor Sines)
{
    /// <summary>The angles position · base^(-2c/d), computed in the numbers of the hidden states, as the originals do, but in 32 bits at least: positions are no numbers of 16.</summary>
    /// <param name="bases">The base of each sequence, or one for all.</param>
    /// <param name="tokens">Tokens of a sequence.</param>
    /// <param name="headSize">d, even.</param>
    /// <param name="type">The type of the hidden states.</param>
    /// <param name="device">Where they are.</param>
    public static RotaryAngles Of(double[] bases, long tokens, int headSize, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var wide = type.Wide();
        var exponents = arange(0, headSize, 2, ScalarType.Int64, device).to(wide) / headSize; // [head size / 2]
        var steps = tensor(bases, device: device).to(wide).unsqueeze(1).pow(exponents).reciprocal(); // [1 or sequences, head size / 2]
        var angles = arange(tokens, wide, device).unsqueeze(1) * steps.unsqueeze(1); // [1 or sequences, tokens, head size / 2]
        return new RotaryAngles(
            angles.cos().to(type).unsqueeze(1).MoveToOuterDisposeScope(), angles.sin().to(type).unsqueeze(1).MoveToOuterDisposeScope());
    }

    /// <summary>(a, b) → (a · cos − b · sin, b · cos + a · sin) for the two halves of every head.</summary>
    /// <param name="heads">Queries or keys, [sequences, heads, tokens, head size].</param>
    public Tensor Turn(Tensor heads)
    {
        using var scope = NewDisposeScope();
        var halves = heads.chunk(2, -1); // each [sequences, heads, tokens, head size / 2]
        var (a, b) = (halves[0], halves[1]);
        return cat([(a * Cosines) - (b * Sines), (b * Cosines) + (a * Sines)], -1).MoveToOuterDisposeScope();
    }
}
