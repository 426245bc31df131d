namespace MiCse.Models;

/// <summary>The precision of an encoder's matrix multiplications.</summary>
public enum EncoderPrecision
{
    /// <summary>Float32 weights and hidden states.</summary>
    Float32,

    /// <summary>
    /// int8 weights, one scale an output channel; activations are quantized to int8 before a matrix multiplication, one scale a token, so that a text's
    /// embedding is the same to the last bit alone and beside any other texts. Several times as fast as <see cref="Float32"/>.
    /// </summary>
    Int8,
}

/// <summary>How precisions are spelled on the command line.</summary>
internal static class EncoderPrecisionNames
{
    /// <summary>The spelling: "fp32" or "int8".</summary>
    public static string Name(this EncoderPrecision precision) => precision == EncoderPrecision.Int8 ? "int8" : "fp32";
}
