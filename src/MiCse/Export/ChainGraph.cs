using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Export;

/// <summary>Puts a chain into a graph: poolings of hidden states [batch, tokens, hidden], side by side, then the modules on the vector [batch, size].</summary>
/// <param name="model">The graph.</param>
/// <param name="mask">Its input that is 1 for tokens, 0 for padding; [batch, tokens].</param>
/// <param name="addHead">Adds the head on [CLS]: [batch, hidden] → [batch, hidden].</param>
internal sealed class ChainGraph(OnnxModelWriter model, string mask, Func<string, string> addHead)
{
    private readonly Dictionary<string, string> _shared = [];
    private int _normalizations;

    private string LastAxis => model.Constant("last_axis", TensorType.Int64, 1, isVector: true);

    private string TokenAxis => model.Constant("tokens_axis", TensorType.Int64, 1);

    /// <summary>Adds all of it.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="weights">The weights of its modules.</param>
    /// <param name="hiddenStates">After each layer; 0 is the embedding output.</param>
    /// <returns>The embeddings.</returns>
    public string Add(EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyList<string> hiddenStates)
    {
        var vectors = chain.Poolings.Select(pooling => AddPooling(PoolingFormula.Of(pooling), hiddenStates)).ToList();
        var vector = vectors is [var single] ? single : Node("Concat", vectors, "pooled", ("axis", 1L));
        return chain.Modules.Aggregate(vector, (input, module) => AddModule(module, weights, input));
    }

    private string AddPooling(PoolingFormula formula, IReadOnlyList<string> hiddenStates)
    {
        var layers = formula.LayersOf(hiddenStates.Count - 1);
        var hidden = layers is [var first, var last] ? Once("midpoint." + first, _ => Node("Mean", [hiddenStates[last], hiddenStates[first]], "midpoint")) : hiddenStates[layers[0]];
        return formula.Reduction switch
        {
            TokenReduction.First => formula.HasHead ? addHead(FirstPosition(hidden)) : FirstPosition(hidden),
            TokenReduction.Last => AddLast(hidden),
            TokenReduction.Max => AddMax(hidden),
            TokenReduction.Mean => AddMean(hidden),
            TokenReduction.MeanSqrtLength => AddMeanSqrtLength(hidden),
            TokenReduction.WeightedMean => AddWeightedMean(hidden),
            _ => throw new ArgumentOutOfRangeException(nameof(formula), formula, "Not a pooling."),
        };
    }

    private string FirstPosition(string hidden) => Once("first_position_state", output => Node(
        "Gather", [hidden, model.Constant("cls_position", TensorType.Int64, 0)], output, ("axis", 1L))); // [batch, hidden]

    private string AddMean(string hidden)
    {
        var (floats, count) = (Mask(), Count()); // [batch, tokens], [batch, 1]
        var share = Node("Unsqueeze", [Node("Div", [floats, count], "share"), LastAxis], "share_row"); // [batch, 1, tokens]
        return Node("Squeeze", [Node("MatMul", [share, hidden], "mean_row"), LastAxis], "mean"); // [batch, hidden]
    }

    private string AddMeanSqrtLength(string hidden)
    {
        var share = Node("Div", [Mask(), Node("Sqrt", [Count()], "root_of_count")], "root_share"); // [batch, tokens]
        return AddSum(share, hidden, "root_mean");
    }

    private string AddWeightedMean(string hidden)
    {
        var places = Places();
        var share = Node("Div", [places, Node("ReduceSum", [places, LastAxis], "place_sum", ("keepdims", 1L))], "place_share");
        return AddSum(share, hidden, "place_mean");
    }

    // The place of the last token is the largest one; the row of all others is multiplied by 0.
    private string AddLast(string hidden)
    {
        var places = Places();
        var last = Node("Equal", [places, Node("ReduceMax", [places, LastAxis], "last_place", ("keepdims", 1L))], "is_last");
        return AddSum(Node("Cast", [last], "last", ("to", (long)TensorType.Float32.OnnxNumber())), hidden, "last_state");
    }

    private string AddMax(string hidden)
    {
        var isToken = Node("Cast", [mask], "is_counted", ("to", (long)TensorType.Bool.OnnxNumber()));
        var rows = Node("Unsqueeze", [isToken, model.Constant("width_axis_2", TensorType.Int64, 2, isVector: true)], "is_counted_column"); // [batch, tokens, 1]
        var counted = Node("Where", [rows, hidden, model.Scalar("masked_value", PoolingConstants.MaskedValue)], "counted_states");
        return Node("ReduceMax", [counted, LastAxis], "maximum", ("keepdims", 0L)); // [batch, hidden]
    }

    /// <summary>Σ share·h: [batch, tokens], [batch, tokens, hidden] → [batch, hidden].</summary>
    private string AddSum(string share, string hidden, string output) =>
        Node("Squeeze", [Node("MatMul", [Node("Unsqueeze", [share, LastAxis], $"{output}.share_row"), hidden], $"{output}.row"), LastAxis], output);

    private string Mask() => Once("mask", output => Node("Cast", [mask], output, ("to", (long)TensorType.Float32.OnnxNumber())));

    private string Count() => Once("mask_count", output => Node("ReduceSum", [Mask(), LastAxis], output, ("keepdims", 1L)));

    /// <summary>1, 2, … for the places of a text, 0 for padding: [batch, tokens].</summary>
    private string Places() => Once("places", output =>
    {
        var ones = Node("Add", [Node("Sub", [Mask(), Mask()], "mask_zeros"), model.Scalar("one", 1)], "mask_ones");
        return Node("Mul", [Node("CumSum", [ones, TokenAxis], "all_places"), Mask()], output);
    });

    private string AddModule(SentenceModule module, IReadOnlyDictionary<string, Tensor> weights, string input)
    {
        switch (module)
        {
            case DenseModule dense:
                string[] inputs = [input, .. dense.Weights.Select(weight => model.Weight(weight.Name, weights[weight.Name]))];
                return AddActivation(dense.Activation, Node("Gemm", inputs, dense.Linear.Module, ("transB", 1L)));
            case LayerNormModule norm:
                string[] parts = [input, .. norm.Weights.Select(weight => model.Weight(weight.Name, weights[weight.Name]))];
                return Node("LayerNormalization", parts, norm.Norm.Module, ("epsilon", (float)PoolingConstants.LayerNormEpsilon));
            case NormalizeModule:
                return Node("LpNormalization", [input], ++_normalizations == 1 ? "normalized" : $"normalized.{_normalizations}", ("axis", 1L), ("p", 2L));
            case DropoutModule:
                return input;
            default:
                throw new ArgumentOutOfRangeException(nameof(module), module, "Not a module of a model folder.");
        }
    }

    private string AddActivation(DenseActivation activation, string input) => activation switch
    {
        DenseActivation.Identity => input,
        DenseActivation.Tanh => Node("Tanh", [input], $"{input}.activation"),
        DenseActivation.ReLU => Node("Relu", [input], $"{input}.activation"),
        DenseActivation.GELU => model.Node("Gelu", OnnxModelWriter.Fused, [input], [$"{input}.activation"]),
        DenseActivation.SiLU => Node("Mul", [input, Node("Sigmoid", [input], $"{input}.gate")], $"{input}.activation"),
        DenseActivation.Sigmoid => Node("Sigmoid", [input], $"{input}.activation"),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
    };

    private string Once(string name, Func<string, string> add)
    {
        if (!_shared.TryGetValue(name, out var output))
        {
            _shared[name] = output = add(name);
        }

        return output;
    }

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        model.Node(operation, "", inputs, [output], attributes);
}
