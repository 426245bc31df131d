namespace MiCse.Models;

/// <summary>
/// What a <see cref="Pooling"/> computes, for those who compute it: the layer of this library, the trainable model, the graph of an export and the tests'
/// slow twin.
/// </summary>
/// <param name="Reduction">How the tokens' hidden states become one vector.</param>
/// <param name="Layers">After which layers the hidden states are taken; the vectors of several are averaged.</param>
/// <param name="HasHead">Whether tanh(dense(·)) follows, if the weights have a head or a pooler.</param>
internal sealed record PoolingFormula(TokenReduction Reduction, PooledLayers Layers = PooledLayers.Last, bool HasHead = false)
{
    /// <summary>The formula of a pooling.</summary>
    public static PoolingFormula Of(Pooling pooling) => pooling switch
    {
        Pooling.ClsBeforePooler => new(TokenReduction.First),
        Pooling.Cls => new(TokenReduction.First, HasHead: true),
        Pooling.Mean => new(TokenReduction.Mean),
        Pooling.MeanOfLastTwo => new(TokenReduction.Mean, PooledLayers.LastTwo),
        Pooling.MeanOfFirstAndLast => new(TokenReduction.Mean, PooledLayers.FirstAndLast),
        Pooling.Max => new(TokenReduction.Max),
        Pooling.MeanSqrtLength => new(TokenReduction.MeanSqrtLength),
        Pooling.WeightedMean => new(TokenReduction.WeightedMean),
        Pooling.LastToken => new(TokenReduction.Last),
        _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Not a pooling."),
    };

    /// <summary>The numbers of the layers, ascending; 0 means the embeddings.</summary>
    /// <param name="depth">How many layers the encoder has.</param>
    public int[] LayersOf(int depth) => Layers switch
    {
        PooledLayers.LastTwo when depth > 0 => [depth - 1, depth],
        PooledLayers.FirstAndLast when depth > 0 => [0, depth],
        _ => [depth],
    };
}

/// <summary>How hidden states of tokens become one vector. Tokens that do not count are padding and, where the chain says so, those of the prompt.</summary>
internal enum TokenReduction
{
    /// <summary>The first token's, whether it counts or not.</summary>
    First,

    /// <summary>That of the last token that counts; zeros when none does.</summary>
    Last,

    /// <summary>The largest value of each dimension; <see cref="PoolingConstants.MaskedValue"/> when no token counts.</summary>
    Max,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum, divided by the root of their number.</summary>
    MeanSqrtLength,

    /// <summary>Σ p·h[p] / Σ p over their places p in the sequence, counted from 1.</summary>
    WeightedMean,
}

/// <summary>Layers whose hidden states a pooling takes.</summary>
internal enum PooledLayers
{
    /// <summary>The last one.</summary>
    Last,

    /// <summary>The last two.</summary>
    LastTwo,

    /// <summary>The embeddings and the last one.</summary>
    FirstAndLast,
}

/// <summary>Numbers that every interpreter of a chain needs to be the same, as sentence-transformers has them.</summary>
internal static class PoolingConstants
{
    /// <summary>What a maximum starts from.</summary>
    public const float MaskedValue = -1e9f;

    /// <summary>What a sum of weights is at least.</summary>
    public const float LeastWeight = 1e-9f;

    /// <summary>What a norm is at least before a vector is divided by it.</summary>
    public const float LeastNorm = 1e-12f;

    /// <summary>What is added to a variance by the LayerNorm of a chain.</summary>
    public const double LayerNormEpsilon = 1e-5;
}
