using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>The types of 16 bits, in which hidden states may be on a GPU. What adds up many numbers or takes logarithms leaves them for float32.</summary>
internal static class HalfTypes
{
    /// <summary>Whether a number has 16 bits.</summary>
    public static bool IsHalf(this ScalarType type) => type is ScalarType.BFloat16 or ScalarType.Float16;

    /// <summary>The type in which sums and positions are computed for tensors of a type.</summary>
    public static ScalarType Wide(this ScalarType type) => type.IsHalf() ? ScalarType.Float32 : type;

    /// <summary>The lowest finite number.</summary>
    public static double Lowest(this ScalarType type) => type switch
    {
        ScalarType.Float16 => (double)Half.MinValue,
        ScalarType.BFloat16 => -3.3895313892515355e38, // -(2 - 2⁻⁷) · 2¹²⁷
        _ => float.MinValue,
    };
}
