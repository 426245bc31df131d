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

    /// <summary>Half precision for weights and hidden states; only with an <see cref="SentenceEncoderOptions.Backend"/>, such as a GPU.</summary>
    Float16,

    /// <summary>bfloat16 for weights and hidden states: the range of float32 and a precision of two to three digits; only with an <see cref="SentenceEncoderOptions.Backend"/>.</summary>
    BFloat16,
}

/// <summary>How precisions are spelled on the command line.</summary>
internal static class EncoderPrecisionNames
{
    /// <summary>The spelling: "fp32", "int8", "fp16" or "bf16".</summary>
    public static string Name(this EncoderPrecision precision) => precision switch
    {
        EncoderPrecision.Int8 => "int8",
        EncoderPrecision.Float16 => "fp16",
        EncoderPrecision.BFloat16 => "bf16",
        _ => "fp32",
    };

    /// <summary>Whether numbers have 16 bits, which the engine of this library does not compute in.</summary>
    public static bool IsHalf(this EncoderPrecision precision) => precision is EncoderPrecision.Float16 or EncoderPrecision.BFloat16;
}
