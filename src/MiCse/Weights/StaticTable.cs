namespace MiCse.Weights;

/// <summary>Vectors of tokens in memory.</summary>
/// <param name="Values">[rows, dimensions]</param>
/// <param name="Dimensions">Length of a row.</param>
/// <param name="Weights">What each token's vector is multiplied by; null: 1.</param>
/// <param name="Rows">Each token's row; null: its id.</param>
internal sealed record StaticTable(float[] Values, int Dimensions, float[]? Weights, int[]? Rows)
{
    /// <summary>The row of a token.</summary>
    public ReadOnlySpan<float> Row(int id) => Values.AsSpan((Rows?[id] ?? id) * Dimensions, Dimensions);

    /// <summary>What a token's vector is multiplied by.</summary>
    public float Weight(int id) => Weights?[id] ?? 1;
}
