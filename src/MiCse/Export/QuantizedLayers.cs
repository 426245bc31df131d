using MiCse.Checkpoints;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>
/// Puts int8 matrix multiplications and look-ups into a graph. Each token's hidden state is quantized with a scale of its own, so nothing depends on what
/// else is in the batch, and integer sums are exact in any order.
/// </summary>
internal sealed class QuantizedLayers(OnnxModelWriter model, GraphWeights weights, Func<string, Tensor, string> addWeight)
{
    private readonly Dictionary<string, (string Values, string Scales, string Midpoints)> _quantized = [];

    /// <summary>input · weightᵀ: [batch, tokens, in] → [batch, tokens, out].</summary>
    public string AddMatMul(string input, string weight, string output)
    {
        var matrix = weights.RightHandMatrix(weight);
        var (values, scales, midpoints) = AddQuantization(input, matrix.Factors);
        var product = model.Node(
            "MatMulIntegerToFloat",
            OnnxModelWriter.Fused,
            [values, addWeight(QuantizedWeight.ValuesName(weight), matrix.Values), One, addWeight(QuantizedWeight.ScalesName(weight), matrix.Scales), QuantizedZero],
            [$"{output}.steps"]);
        // What a token's midpoint adds is the midpoint times the sums of the weights.
        var sums = addWeight(weight + QuantizedWeight.SumsEnding, Tensor.From(weight + QuantizedWeight.SumsEnding, [matrix.Scales.Shape[0]], matrix.ColumnSums()));
        return Node("Add", [Node("Mul", [product, scales], $"{output}.centered"), Node("Mul", [midpoints, sums], $"{output}.shift")], output);
    }

    /// <summary>Rows of a table: ids [batch, tokens] → [batch, tokens, hidden].</summary>
    public string AddLookup(string ids, string weight, string output)
    {
        var table = weights.Table(weight);
        var values = Node("Gather", [addWeight(QuantizedWeight.ValuesName(weight), table.Values), ids], $"{output}.codes");
        var scales = Node("Gather", [addWeight(QuantizedWeight.ScalesName(weight), table.Scales), ids], $"{output}.scales"); // [batch, tokens, 1]
        return Node("Mul", [Node("DequantizeLinear", [values, One], $"{output}.steps"), scales], output);
    }

    /// <summary>
    /// Hidden states [batch, tokens, width], multiplied by factors, as quantized values: 128 for the middle of a token's range, 1 and 255 for its ends; the tokens' scales and
    /// midpoints [batch, tokens, 1]. Matrix multiplications with the same input share them.
    /// </summary>
    private (string Values, string Scales, string Midpoints) AddQuantization(string input, Tensor? factors)
    {
        if (_quantized.TryGetValue(input, out var known))
        {
            return known;
        }

        var numbers = factors is null ? input : Node("Mul", [input, addWeight(factors.Name, factors)], $"{input}.even");
        var most = Node("ReduceMax", [numbers, Vector("width_axis", -1)], $"{input}.most");
        var least = Node("ReduceMin", [numbers, Vector("width_axis", -1)], $"{input}.least");
        var half = model.Scalar("half", 0.5f);
        var midpoints = Node("Mul", [Node("Add", [most, least], $"{input}.ends"), half], $"{input}.midpoints");
        var reach = Node("Mul", [Node("Sub", [most, least], $"{input}.range"), half], $"{input}.reach");
        // A token of equal numbers needs a scale above 0, too.
        var scales = Node("Mul", [Node("Max", [reach, model.Scalar("tiny", 1e-30f)], $"{input}.positive"), model.Scalar("step", 1f / 127)], $"{input}.scales");
        // QuantizeLinear takes a scale for each row of a matrix, but then wants a zero for each too.
        var rowScales = Node("Reshape", [scales, Vector("all", -1)], $"{input}.row_scales");
        var rowZeros = Node("Expand", [QuantizedZero, Node("Shape", [rowScales], $"{input}.rows")], $"{input}.row_zeros");
        var matrix = Node("Flatten", [Node("Sub", [numbers, midpoints], $"{input}.centered")], $"{input}.matrix", ("axis", -1L));
        var values = Node("QuantizeLinear", [matrix, rowScales, rowZeros], $"{input}.row_codes", ("axis", 0L));
        return _quantized[input] = (Node("Reshape", [values, Node("Shape", [input], $"{input}.shape")], $"{input}.codes"), scales, midpoints);
    }

    private string QuantizedZero => model.Constant("code_of_zero", TensorType.UInt8, 128);

    private string One => model.Scalar("one", 1);

    private string Vector(string name, long value) => model.Constant(name, TensorType.Int64, value, isVector: true);

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        model.Node(operation, "", inputs, [output], attributes);
}
