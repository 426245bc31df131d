using MiCse.Tensors;

namespace MiCse.Checkpoints.Onnx;

/// <summary>Walks a graph from a value to what it was made of: the parts of an encoder, whatever operators and names an exporter has written them with.</summary>
internal sealed class GraphWalk
{
    // An attention mask or an activation is a dozen operators; what is further away is something else.
    private const int Reach = 400;

    // Operators that only lay the same numbers out otherwise, or convert them.
    private static readonly HashSet<string> Layout =
        ["Identity", "Cast", "Dropout", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Contiguous"];

    private readonly Dictionary<string, OnnxNode> _makers = [];
    private readonly OnnxGraph _graph;

    public GraphWalk(OnnxGraph graph)
    {
        _graph = graph;
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs.Where(output => output.Length > 0))
            {
                _makers.TryAdd(output, node);
            }
        }
    }

    /// <summary>The value behind operators of layout: an input, a weight, or what another operator made.</summary>
    public string Root(string value)
    {
        for (var steps = 0; steps < Reach && _makers.TryGetValue(value, out var node) && Layout.Contains(node.Operation) && !_graph.Tensors.ContainsKey(value); steps++)
        {
            value = node.Input(0);
        }

        return value;
    }

    /// <summary>The operator that made a value, behind operators of layout; null for inputs and weights.</summary>
    public OnnxNode? Maker(string value) => _makers.GetValueOrDefault(Root(value));

    /// <summary>A floating-point weight with so many dimensions, null for anything else.</summary>
    public Tensor? Weight(string value, int rank) =>
        _graph.Tensors.GetValueOrDefault(Root(value)) is { } tensor && tensor.Type.IsFloatingPoint() && tensor.Shape.Count == rank ? tensor : null;

    /// <summary>Whether a value is a weight or a constant.</summary>
    public bool IsWeight(string value) => _graph.Tensors.ContainsKey(Root(value));

    /// <summary>A linear layer that made a value, null where another operator did.</summary>
    public LinearPart? Linear(string value)
    {
        if (Maker(value) is not { Operation: "Add" } sum)
        {
            return Product(value);
        }

        var (first, second) = (sum.Input(0), sum.Input(1));
        return Weight(first, 1) is { } bias && Product(second) is { Bias: null } right ? right with { Bias = bias }
            : Weight(second, 1) is { } other && Product(first) is { Bias: null } left ? left with { Bias = other }
            : null;
    }

    /// <summary>The LayerNorm that made a value, as one operator or in the steps of its formula; null where something else did.</summary>
    public NormPart? Norm(string value)
    {
        var node = Maker(value);
        switch (node?.Operation)
        {
            case "LayerNormalization" when Weight(node.Input(1), 1) is { } scale && Weight(node.Input(2), 1) is { } shift:
                return new NormPart([node.Input(0)], scale, shift);
            case "SkipLayerNormalization" when Weight(node.Input(2), 1) is { } scale && Weight(node.Input(3), 1) is { } shift:
                return new NormPart([node.Input(0), node.Input(1)], scale, shift) { AddedBias = Weight(node.Input(4), 1) };
            case "Add":
                foreach (var (product, shift) in new[] { (node.Input(0), node.Input(1)), (node.Input(1), node.Input(0)) })
                {
                    if (Weight(shift, 1) is { } bias && Normalized(product) is { } norm)
                    {
                        return norm with { Bias = bias };
                    }
                }

                return null;
            default:
                return null;
        }
    }

    /// <summary>The operators from which a value is made, nearest first, through those that <paramref name="passes"/> lets through; these are among them.</summary>
    public IEnumerable<(string Value, OnnxNode Node)> Behind(string value, Func<OnnxNode, bool> passes)
    {
        var (waiting, seen) = (new Queue<string>([value]), new HashSet<string>());
        while (waiting.TryDequeue(out var next) && seen.Count < Reach)
        {
            if (IsWeight(next) || !seen.Add(Root(next)) || Maker(next) is not { } node)
            {
                continue;
            }

            yield return (next, node);
            if (passes(node))
            {
                foreach (var input in node.Inputs)
                {
                    waiting.Enqueue(input);
                }
            }
        }
    }

    /// <summary>A multiplication with a weight that made a value.</summary>
    private LinearPart? Product(string value) =>
        Maker(value) is { Operation: "Gemm" or "MatMul" or "FusedMatMul" } node && Weight(node.Input(1), 2) is { } weight
            ? new LinearPart(Root(node.Input(0)), weight, IsTurned(node, "transB", node.Input(1)), Weight(node.Input(2), 1))
            : null;

    /// <summary>(x − mean) / √… · scale, of which the shift is still to come.</summary>
    private NormPart? Normalized(string value)
    {
        if (Maker(value) is not { Operation: "Mul" } product)
        {
            return null;
        }

        foreach (var (quotient, scale) in new[] { (product.Input(0), product.Input(1)), (product.Input(1), product.Input(0)) })
        {
            if (Weight(scale, 1) is { } weight
                && Maker(quotient) is { Operation: "Div" or "Mul" } division
                && Maker(division.Input(0)) is { Operation: "Sub" } difference
                && Maker(difference.Input(1)) is { Operation: "ReduceMean" } mean && Root(mean.Input(0)) == Root(difference.Input(0)))
            {
                return new NormPart([difference.Input(0)], weight, weight);
            }
        }

        return null;
    }

    /// <summary>Whether a matrix is used as [out, in]: by an attribute, or by a Transpose of the weight.</summary>
    private bool IsTurned(OnnxNode node, string attribute, string matrix)
    {
        var turns = node.Integers.GetValueOrDefault(attribute) != 0;
        for (var steps = 0; steps < Reach && !_graph.Tensors.ContainsKey(matrix) && _makers.TryGetValue(matrix, out var maker); steps++)
        {
            turns ^= maker.Operation == "Transpose";
            matrix = maker.Input(0);
        }

        return turns;
    }
}

/// <summary>A linear layer of a graph.</summary>
/// <param name="Input">The value it reads.</param>
/// <param name="Weight">Its matrix.</param>
/// <param name="IsTurned">Whether the matrix is [out, in]; else it is [in, out].</param>
/// <param name="Bias">Its bias, null where none is added.</param>
internal sealed record LinearPart(string Input, Tensor Weight, bool IsTurned, Tensor? Bias);

/// <summary>A LayerNorm of a graph.</summary>
/// <param name="Inputs">What it normalizes: one value, or several that it adds.</param>
/// <param name="Weight">Its scales.</param>
/// <param name="Bias">What it adds at the end.</param>
internal sealed record NormPart(IReadOnlyList<string> Inputs, Tensor Weight, Tensor Bias)
{
    /// <summary>A bias of the linear layer before it, where the operator adds that too.</summary>
    public Tensor? AddedBias { get; init; }
}
