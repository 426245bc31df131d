namespace MiCse.Models;

/// <summary>
/// Dimensions c and c + d/2 of a head of d dimensions are turned by the angle position · base^(-2c/d), positions from 0 (Su et al. 2021):
/// (a, b) becomes (a · cos − b · sin, b · cos + a · sin), in queries and keys.
/// </summary>
/// <param name="Base">The base, by layer.</param>
internal sealed record RotaryPositions(Func<int, double> Base)
{
    /// <summary>A larger base for long texts; null: the base is the same for all.</summary>
    public DynamicScaling? Scaling { get; init; }

    /// <summary>The base for a text.</summary>
    /// <param name="layer">0-based.</param>
    /// <param name="tokens">Tokens of the text.</param>
    /// <param name="headSize">Dimensions of a head, d.</param>
    public double BaseFor(int layer, int tokens, int headSize) => Base(layer) * (Scaling?.Growth(tokens, headSize) ?? 1);

    /// <summary>The angles from one position to the next, for c from 0 to d/2; in float32 as the originals compute them: an angle is position · frequency in float32, too.</summary>
    /// <inheritdoc cref="BaseFor"/>
    public float[] Frequencies(int layer, int tokens, int headSize)
    {
        var rotaryBase = (float)BaseFor(layer, tokens, headSize);
        return [.. Enumerable.Range(0, headSize / 2).Select(c => 1 / MathF.Pow(rotaryBase, (float)(2 * c) / headSize))];
    }
}

/// <summary>Rotation of texts that are longer than those of training (dynamic NTK scaling): the base grows with the length.</summary>
/// <param name="Factor">f</param>
/// <param name="TrainedTokens">N, the length up to which the base is as it is.</param>
internal sealed record DynamicScaling(double Factor, int TrainedTokens)
{
    /// <summary>(f·n/N − f + 1)^(d/(d−2)) for texts of n &gt; N tokens, else 1.</summary>
    public double Growth(int tokens, int headSize) => tokens <= TrainedTokens
        ? 1
        : Math.Pow(Factor * tokens / TrainedTokens - (Factor - 1), headSize / (headSize - 2.0));
}
