using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>A matrix of a graph quantized to int8.</summary>
/// <param name="Values">Signed bytes.</param>
/// <param name="Scales">Float32: what a value is multiplied by to be the weight, for each column of a right-hand matrix or each row of a table.</param>
internal readonly record struct QuantizedWeight(Tensor Values, Tensor Scales)
{
    /// <summary>What the names of scales end with.</summary>
    public const string ScalesEnding = ".scales";

    /// <summary>The name of a matrix's quantized values in a file.</summary>
    public static string ValuesName(string weight) => weight + ".codes";

    /// <summary>The name of a matrix's scales in a file.</summary>
    public static string ScalesName(string weight) => weight + ScalesEnding;
}
