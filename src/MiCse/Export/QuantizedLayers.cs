using MiCse.Checkpoints;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>
/// Puts products and look-ups of bytes into a graph. Each token's hidden state is rounded with a scale of its own, so nothing depends on what else is in
/// the batch, and integer sums are exact in any order.
/// </summary>
internal sealed class QuantizedLayers(OnnxModelWriter model, GraphWeights weights, Func<string, Tensor, string> addWeight)
{
    private readonly Dictionary<string, (string Codes, string Scales)> _rounded = [];

    /// <summary>input · weightᵀ: [batch, tokens, in] → [batch, tokens, out].</summary>
    public string AddProduct(string input, string weight, string output)
    {
        var factor = weights.Factor(weight);
        var (codes, scales) = AddRounding(input);
        var product = model.Node(
            "MatMulIntegerToFloat",
            OnnxModelWriter.Fused,
            [codes, addWeight(QuantizedWeight.CodesOf(weight), factor.Codes), One, addWeight(QuantizedWeight.ScalesOf(weight), factor.Scales), CodeOfZero],
            [$"{output}.steps"]);
        return Node("Mul", [product, scales], output);
    }

    /// <summary>Rows of a table: ids [batch, tokens] → [batch, tokens, hidden].</summary>
    public string AddLookup(string ids, string weight, string output)
    {
        var table = weights.Table(weight);
        var codes = Node("Gather", [addWeight(QuantizedWeight.CodesOf(weight), table.Codes), ids], $"{output}.codes");
        var scales = Node("Gather", [addWeight(QuantizedWeight.ScalesOf(weight), table.Scales), ids], $"{output}.scales"); // [batch, tokens, 1]
        return Node("Mul", [Node("DequantizeLinear", [codes, One], $"{output}.steps"), scales], output);
    }

    /// <summary>
    /// Hidden states [batch, tokens, width] as codes, 128 for 0 and 1 or 255 for a token's largest magnitude, and the tokens' scales [batch, tokens, 1].
    /// Products with the same input share them.
    /// </summary>
    private (string Codes, string Scales) AddRounding(string input)
    {
        if (_rounded.TryGetValue(input, out var known))
        {
            return known;
        }

        var most = Node("ReduceMax", [Node("Abs", [input], $"{input}.magnitudes"), Vector("width_axis", -1)], $"{input}.most");
        // A token of zeros has some scale too.
        var scales = Node(
            "Mul", [Node("Max", [most, model.Scalar("tiny", 1e-30f)], $"{input}.range"), model.Scalar("step", 1f / 127)], $"{input}.scales");
        // QuantizeLinear takes a scale for each row of a matrix, but then wants a zero for each too.
        var rowScales = Node("Reshape", [scales, Vector("all", -1)], $"{input}.row_scales");
        var rowZeros = Node("Expand", [CodeOfZero, Node("Shape", [rowScales], $"{input}.rows")], $"{input}.row_zeros");
        var matrix = Node("Flatten", [input], $"{input}.matrix", ("axis", -1L));
        var codes = Node("QuantizeLinear", [matrix, rowScales, rowZeros], $"{input}.row_codes", ("axis", 0L));
        return _rounded[input] = (Node("Reshape", [codes, Node("Shape", [input], $"{input}.shape")], $"{input}.codes"), scales);
    }

    private string CodeOfZero => model.Constant("code_of_zero", TensorType.UInt8, 128);

    private string One => model.Scalar("one", 1);

    private string Vector(string name, long value) => model.Constant(name, TensorType.Int64, value, isVector: true);

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        model.Node(operation, "", inputs, [output], attributes);
}
