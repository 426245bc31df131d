using System.Diagnostics.CodeAnalysis;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Checkpoints.Onnx;

/// <summary>
/// Finds the weights of an encoder with LayerNorms after the sums in a graph by what is computed with them, since exporters give matrices names such as
/// "onnx::MatMul_788". It goes from the last hidden state back to the embeddings; every residual, query, key and value has to come from where it does in an encoder.
/// </summary>
internal sealed class EncoderPattern
{
    // So many LayerNorms are tried as the last one: heads that lie behind an encoder have one or two.
    private const int MostTried = 4;

    private static readonly HashSet<string> Activations =
        ["Add", "Mul", "Div", "Erf", "Tanh", "Pow", "Sqrt", "Sigmoid", "Relu", "Gelu", "BiasGelu", "FastGelu", "QuickGelu"];

    private static readonly HashSet<string> OfScores = ["Softmax", "Add", "Sub", "Mul", "Div", "Where", "Min", "Max"];

    private readonly GraphWalk _walk;
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, Tensor> _weights = [];

    private EncoderPattern(OnnxGraph graph, GraphWalk walk) => (_graph, _walk) = (graph, walk);

    /// <summary>Looks for an encoder.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">Its weights under their canonical names.</param>
    /// <param name="reason">Why there is none that is known, a clause.</param>
    public static bool TryFind(OnnxGraph graph, [NotNullWhen(true)] out Dictionary<string, Tensor>? weights, [NotNullWhen(false)] out string? reason)
    {
        weights = null;
        if (graph.IsQuantized)
        {
            reason = "its matrices are quantized";
            return false;
        }

        reason = "it has no LayerNorm";
        var walk = new GraphWalk(graph);
        foreach (var last in LastStates(graph).Where(value => walk.Norm(value) is not null).DistinctBy(walk.Root).Take(MostTried))
        {
            var pattern = new EncoderPattern(graph, walk);
            if (pattern.Read(last) is not { } failure)
            {
                weights = pattern._weights;
                return true;
            }

            // What was not found from the first, which an output names, says most.
            reason = reason == "it has no LayerNorm" ? failure : reason;
        }

        return false;
    }

    /// <summary>The values that may be the last hidden state: outputs, the likeliest first, then everything from the end on.</summary>
    private static IEnumerable<string> LastStates(OnnxGraph graph) => graph.Outputs
        .OrderByDescending(output => output is "last_hidden_state" or "token_embeddings")
        .Concat(graph.Nodes.Reverse().Where(node => node.Outputs.Count > 0).Select(node => node.Outputs[0]));

    /// <summary>Reads all layers; what is wrong, or null.</summary>
    private string? Read(string last)
    {
        var layers = new List<List<(string Name, Tensor Weight)>>();
        var state = last;
        while (!TryReadEmbeddings(state))
        {
            var layer = new List<(string, Tensor)>();
            if (layers.Count > _graph.Nodes.Count || ReadLayer(ref state, layer) is not { } problem)
            {
                layers.Add(layer);
                continue;
            }

            return $"{problem} in the {Ordinal(layers.Count)}layer from the end";
        }

        for (var index = 0; index < layers.Count; index++)
        {
            foreach (var (name, weight) in layers[^(index + 1)])
            {
                Add(WeightNames.Layer(index).Module + name, weight);
            }
        }

        ReadPooler(last);
        return layers.Count == 0 ? "it has no layers" : null;
    }

    /// <summary>Goes from the hidden state after a layer to the one before it.</summary>
    private string? ReadLayer(ref string state, List<(string Name, Tensor Weight)> layer)
    {
        if (_walk.Norm(state) is not { } outputNorm || Residual(outputNorm) is not var (output, attended))
        {
            return "there is no sum of a linear layer and its residual";
        }

        if (Inner(output.Input, attended) is not { } intermediate)
        {
            return "the feed-forward part is not linear, activation, linear";
        }

        if (_walk.Norm(attended) is not { } attentionNorm || Residual(attentionNorm) is not var (attentionOutput, before))
        {
            return "attention is not added to what went into it";
        }

        if (Attention(attentionOutput.Input, before) is not { } attention)
        {
            return "attention is not softmax(q · k) · v of one hidden state";
        }

        var names = new WeightNames.LayerNames("");
        AddLinear(layer, names.Output, output);
        AddNorm(layer, names.OutputNorm, outputNorm);
        AddLinear(layer, names.Intermediate, intermediate);
        AddLinear(layer, names.AttentionOutput, attentionOutput);
        AddNorm(layer, names.AttentionNorm, attentionNorm);
        AddLinear(layer, names.Query, attention.Query);
        AddLinear(layer, names.Key, attention.Key);
        AddLinear(layer, names.Value, attention.Value);
        state = before;
        return null;
    }

    /// <summary>What a LayerNorm normalizes, as a linear layer and the residual it is added to.</summary>
    private (LinearPart Linear, string Residual)? Residual(NormPart norm)
    {
        var addends = norm.Inputs is [var sum] && _walk.Maker(sum) is { Operation: "Add" } add ? add.Inputs : norm.Inputs;
        if (addends is not [var first, var second])
        {
            return null;
        }

        foreach (var (value, other) in new[] { (first, second), (second, first) })
        {
            if (_walk.Linear(value) is { } linear)
            {
                return (linear.Bias is null ? linear with { Bias = norm.AddedBias } : linear, _walk.Root(other));
            }
        }

        return null;
    }

    /// <summary>The linear layer before an activation, which reads a given value.</summary>
    private LinearPart? Inner(string activated, string input)
    {
        foreach (var (value, node) in _walk.Behind(activated, node => Activations.Contains(node.Operation) && _walk.Linear(node.Outputs[0]) is null))
        {
            if (_walk.Linear(value) is { } linear && linear.Input == input)
            {
                return linear;
            }

            if (node.Operation is "BiasGelu" or "FastGelu" && _walk.Weight(node.Input(1), 1) is { } bias
                && _walk.Linear(node.Input(0)) is { Bias: null } plain && plain.Input == input)
            {
                return plain with { Bias = bias };
            }
        }

        return null;
    }

    private (LinearPart Query, LinearPart Key, LinearPart Value)? Attention(string context, string input)
    {
        if (_walk.Maker(context) is not { } node)
        {
            return null;
        }

        return node.Operation switch
        {
            "Attention" when _walk.Weight(node.Input(1), 2) is { } weight => Stacked(node, weight, input),
            "Attention" => Of(From(node.Input(0), input), From(node.Input(1), input), From(node.Input(2), input)),
            "MultiHeadAttention" => WithBiases(
                Of(From(node.Input(0), input), From(node.Input(1), input), From(node.Input(2), input)), _walk.Weight(node.Input(3), 1)),
            "MatMul" when Scores(node.Input(0)) is { } scores =>
                Of(From(scores.Input(0), input), From(scores.Input(1), input), From(node.Input(1), input)),
            _ => null,
        };
    }

    /// <summary>The multiplication of queries and keys behind a Softmax.</summary>
    private OnnxNode? Scores(string probabilities)
    {
        var nodes = _walk.Behind(probabilities, node => OfScores.Contains(node.Operation)).Select(step => step.Node).ToList();
        return nodes.Exists(node => node.Operation == "Softmax")
            ? nodes.Find(node => node.Operation is "MatMul" or "FusedMatMul" && !_walk.IsWeight(node.Input(1)))
            : null;
    }

    /// <summary>The linear layer of queries, keys or values, perhaps scaled; it has to read a given value.</summary>
    private LinearPart? From(string value, string input) => _walk
        .Behind(value, node => node.Operation is "Mul" or "Div" && _walk.Linear(node.Outputs[0]) is null)
        .Select(step => _walk.Linear(step.Value)).FirstOrDefault(linear => linear is not null && linear.Input == input);

    private static (LinearPart, LinearPart, LinearPart)? Of(LinearPart? query, LinearPart? key, LinearPart? value) =>
        query is null || key is null || value is null ? null : (query, key, value);

    /// <summary>The operator of ONNX Runtime that has the three matrices side by side, [in, 3 · out].</summary>
    private (LinearPart, LinearPart, LinearPart)? Stacked(OnnxNode node, Tensor weight, string input)
    {
        if (_walk.Root(node.Input(0)) != input || weight.Shape[1] % 3 != 0)
        {
            return null;
        }

        var bias = _walk.Weight(node.Input(2), 1);
        return Of(Part(0), Part(1), Part(2));

        LinearPart Part(int part) => new(input, GraphTensors.Columns(weight, part, 3), false, bias is null ? null : GraphTensors.Part(bias, part, 3));
    }

    private static (LinearPart Query, LinearPart Key, LinearPart Value)? WithBiases((LinearPart Query, LinearPart Key, LinearPart Value)? parts, Tensor? biases) =>
        parts is not var (query, key, value) || biases is null || biases.Shape[0] % 3 != 0
            ? parts
            : (query with { Bias = GraphTensors.Part(biases, 0, 3) }, key with { Bias = GraphTensors.Part(biases, 1, 3) }, value with { Bias = GraphTensors.Part(biases, 2, 3) });

    /// <summary>Whether a value is the LayerNorm of sums of rows of tables; their weights are taken then.</summary>
    private bool TryReadEmbeddings(string state)
    {
        if (_walk.Maker(state) is { Operation: "EmbedLayerNormalization" } fused)
        {
            return TryAdd(fused.Input(2), WeightNames.WordEmbeddings) && TryAdd(fused.Input(3), WeightNames.PositionEmbeddings)
                && (fused.Input(4).Length == 0 || TryAdd(fused.Input(4), WeightNames.TokenTypeEmbeddings))
                && TryAdd(fused.Input(5), WeightNames.EmbeddingsNorm.Weight, 1) && TryAdd(fused.Input(6), WeightNames.EmbeddingsNorm.Bias, 1);
        }

        if (_walk.Norm(state) is not { } norm)
        {
            return false;
        }

        var tables = new List<(Tensor Table, OnnxNode Node)>();
        foreach (var (_, node) in norm.Inputs.SelectMany(input => _walk.Behind(input, node => node.Operation == "Add")))
        {
            if (node.Operation is "Gather" or "Slice" && _walk.Weight(node.Input(0), 2) is { } table)
            {
                tables.Add((table, node));
            }
            else if (node.Operation != "Add")
            {
                return false;
            }
        }

        return TryNameTables(tables) && AddNorm(norm);

        bool AddNorm(NormPart part)
        {
            Add(WeightNames.EmbeddingsNorm.Weight, part.Weight);
            Add(WeightNames.EmbeddingsNorm.Bias, part.Bias);
            return true;
        }
    }

    /// <summary>Words are looked up by the input; types by theirs, or they are the smaller of the other tables.</summary>
    private bool TryNameTables(List<(Tensor Table, OnnxNode Node)> tables)
    {
        if (tables.Count is not (2 or 3) || tables.FindIndex(table => table.Node.Operation == "Gather" && _walk.Root(table.Node.Input(1)) == GraphInputs.Ids) is not (>= 0 and var words))
        {
            return false;
        }

        Add(WeightNames.WordEmbeddings, tables[words].Table);
        tables.RemoveAt(words);
        if (tables is [var first, var second])
        {
            var types = _walk.Root(first.Node.Input(1)) == GraphInputs.TokenTypes ? first
                : _walk.Root(second.Node.Input(1)) == GraphInputs.TokenTypes ? second
                : first.Table.Shape[0] < second.Table.Shape[0] ? first : second;
            Add(WeightNames.TokenTypeEmbeddings, types.Table);
            tables.Remove(types);
        }

        Add(WeightNames.PositionEmbeddings, tables[0].Table);
        return true;
    }

    /// <summary>tanh(linear(the first token)), where the graph has it.</summary>
    private void ReadPooler(string last)
    {
        var state = _walk.Root(last);
        foreach (var tanh in _graph.Nodes.Where(node => node.Operation == "Tanh"))
        {
            if (_walk.Linear(tanh.Input(0)) is { } linear && _walk.Maker(linear.Input) is { Operation: "Gather" or "Slice" } first && _walk.Root(first.Input(0)) == state)
            {
                var pooler = new List<(string, Tensor)>();
                AddLinear(pooler, WeightNames.Pooler, linear);
                pooler.ForEach(weight => Add(weight.Item1, weight.Item2));
                return;
            }
        }
    }

    private bool TryAdd(string value, string name, int rank = 2)
    {
        if (_walk.Weight(value, rank) is not { } weight)
        {
            return false;
        }

        Add(name, weight);
        return true;
    }

    private void Add(string name, Tensor weight) => _weights[name] = weight.WithName(name);

    private static void AddLinear(List<(string Name, Tensor Weight)> layer, WeightNames.Affine names, LinearPart linear)
    {
        layer.Add((names.Weight, linear.IsTurned ? linear.Weight : GraphTensors.Transposed(linear.Weight)));
        if (linear.Bias is { } bias)
        {
            layer.Add((names.Bias, bias));
        }
    }

    private static void AddNorm(List<(string Name, Tensor Weight)> layer, WeightNames.Affine names, NormPart norm)
    {
        layer.Add((names.Weight, norm.Weight));
        layer.Add((names.Bias, norm.Bias));
    }

    private static string Ordinal(int index) => index switch
    {
        0 => "last ",
        1 => "second ",
        2 => "third ",
        _ => $"{index + 1}th ",
    };
}
