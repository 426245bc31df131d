using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>A matrix of a graph in bytes.</summary>
/// <param name="Codes">Signed bytes.</param>
/// <param name="Scales">Float32: what a code is a multiple of, for each output of a product or each row of a table.</param>
internal readonly record struct QuantizedWeight(Tensor Codes, Tensor Scales)
{
    /// <summary>What the names of scales end with.</summary>
    public const string ScalesEnding = ".scales";

    /// <summary>The name of a matrix's codes in a file.</summary>
    public static string CodesOf(string weight) => weight + ".codes";

    /// <summary>The name of a matrix's scales in a file.</summary>
    public static string ScalesOf(string weight) => weight + ScalesEnding;
}
