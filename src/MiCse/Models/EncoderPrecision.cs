namespace MiCse.Models;

/// <summary>What an encoder multiplies with.</summary>
public enum EncoderPrecision
{
    /// <summary>Float32 weights and hidden states.</summary>
    Float32,

    /// <summary>
    /// Weights of a byte, one scale an output channel; hidden states are rounded to bytes before a product, one scale a token, so that a text's
    /// embedding is the same to the last bit alone and beside any other texts. Several times as fast as <see cref="Float32"/>.
    /// </summary>
    Int8,
}
