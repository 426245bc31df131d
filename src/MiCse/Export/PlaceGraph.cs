using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>
/// Puts into a graph what attention knows of the places of tokens, in ONNX's own operators: which keys a query sees, what distances add to scores, and by
/// which angles queries and keys are turned. Layers share what is the same for them.
/// </summary>
/// <param name="model">The graph.</param>
/// <param name="weights">The weights of the encoder.</param>
/// <param name="mask">1 for tokens, 0 for padding: int32 [batch, tokens].</param>
/// <param name="addWeight">Adds a weight by its canonical name.</param>
internal sealed class PlaceGraph(OnnxModelWriter model, GraphWeights weights, string mask, Func<string, string> addWeight)
{
    private readonly EncoderPlan _plan = weights.Plan;
    private readonly HashSet<string> _added = [];

    /// <summary>What attention takes in a layer: a mask of padding [batch, tokens], and what is added to scores [batch or 1, heads or 1, query, key]; one may be empty.</summary>
    /// <param name="layer">0-based.</param>
    public (string Mask, string Bias) Visible(int layer)
    {
        var bias = _plan.RelativeBias is { } buckets ? AddDistanceBias(buckets) : "";
        return _plan.Window?.Invoke(layer) is not { } window ? (mask, bias) : ("", Once($"attention.bias.{window}", output => Node(
            "Where", [AddSeen(window), bias.Length > 0 ? bias : model.Scalar("nothing", 0), model.Scalar("lowest", float.MinValue)], output)));
    }

    /// <summary>Queries or keys turned by their positions: [batch, tokens, hidden] → the same.</summary>
    /// <param name="layer">0-based.</param>
    /// <param name="states">Their name, after which the results are named.</param>
    public string AddTurn(int layer, string states)
    {
        var (heads, size) = (weights.Config.Heads, weights.Config.HeadSize);
        var (cosines, sines) = AddAngles(_plan.Rotary!, layer);
        var split = Node("Reshape", [states, model.Vector("attention.heads", 0, 0, heads, size)], $"{states}.heads");
        model.Node("Split", "", [split], [$"{states}.a", $"{states}.b"], ("axis", -1L), ("num_outputs", 2L)); // [batch, tokens, heads, size / 2]
        var (a, b) = ($"{states}.a", $"{states}.b");
        var first = Node("Sub", [Node("Mul", [a, cosines], $"{a}.cosine"), Node("Mul", [b, sines], $"{b}.sine")], $"{a}.turned");
        var second = Node("Add", [Node("Mul", [b, cosines], $"{b}.cosine"), Node("Mul", [a, sines], $"{a}.sine")], $"{b}.turned");
        return Node(
            "Reshape", [Node("Concat", [first, second], $"{states}.turned_heads", ("axis", -1L)), model.Vector("attention.joined", 0, 0, (long)heads * size)], $"{states}.turned");
    }

    /// <summary>Which keys a query sees in a window; padding as a query sees the whole text. bool [batch, 1, query, key]</summary>
    private string AddSeen(int window)
    {
        var isToken = Once("attention.is_token", output => Node("Cast", [mask], output, ("to", (long)TensorType.Bool.OnnxNumber()))); // [batch, tokens]
        var keys = Once("attention.keys", output => Node("Unsqueeze", [isToken, model.Vector("attention.key_axes", 1, 2)], output)); // [batch, 1, 1, key]
        var padding = Once("attention.padding", output => Node(
            "Unsqueeze", [Node("Not", [isToken], "attention.is_padding"), model.Vector("attention.query_axes", 1, 3)], output)); // [batch, 1, query, 1]
        var near = Node(
            "LessOrEqual", [Once("attention.apart", output => Node("Abs", [AddDistances()], output)), model.Constant($"attention.window.{window}", TensorType.Int64, window)], $"attention.near.{window}");
        return Node("And", [Node("Or", [near, padding], $"attention.reached.{window}"), keys], $"attention.seen.{window}");
    }

    /// <summary>[1, heads, query, key]</summary>
    private string AddDistanceBias(RelativeBias buckets) => Once("attention.distance_bias", output =>
    {
        // Farther ones share a bucket.
        var farthest = buckets.MaxDistance;
        var limited = Node(
            "Clip",
            [AddDistances(), model.Constant("attention.farthest_before", TensorType.Int64, -farthest), model.Constant("attention.farthest", TensorType.Int64, farthest)],
            "attention.limited");
        var rows = model.Vector("attention.buckets", [.. Enumerable.Range(-farthest, 2 * farthest + 1).Select(distance => (long)buckets.Bucket(distance))]);
        var bucket = Node("Gather", [rows, Node("Add", [limited, "attention.farthest"], "attention.bucket_index")], "attention.bucket"); // [query, key]
        var biases = Node("Gather", [addWeight(WeightNames.RelativeBias), bucket], "attention.biases"); // [query, key, heads]
        return Node(
            "Unsqueeze", [Node("Transpose", [biases], "attention.head_biases", ("perm", new long[] { 2, 0, 1 })), model.Vector("attention.first_axis", 0)], output);
    });

    /// <summary>Cosines and sines [tokens, 1, size / 2], or where they depend on the text [batch, tokens, 1, size / 2].</summary>
    private (string Cosines, string Sines) AddAngles(RotaryPositions rotary, int layer)
    {
        // Layers of one base share them; they are named after the first.
        var first = Enumerable.Range(0, layer + 1).First(other => rotary.Base(other) == rotary.Base(layer));
        var name = $"attention.angles.{first}";
        var angles = Once(name, output =>
        {
            var places = Node("Cast", [Node("Unsqueeze", [AddPlaces(), model.Vector("attention.second_axis", 1)], $"{output}.column")], $"{output}.places", ("to", (long)TensorType.Float32.OnnxNumber()));
            var steps = rotary.Scaling is { } scaling
                ? AddScaledSteps(rotary, scaling, layer, output)
                : model.Vector($"{output}.steps", rotary.Frequencies(layer, 1, weights.Config.HeadSize));
            return Node("Unsqueeze", [Node("Mul", [places, steps], $"{output}.rows"), model.Vector("attention.head_axis", -2)], output);
        });
        return (
            Once($"{name}.cosines", output => Node("Cos", [angles], output)),
            Once($"{name}.sines", output => Node("Sin", [angles], output)));
    }

    /// <summary>The angles from one position to the next, for each text: [batch, 1, size / 2].</summary>
    private string AddScaledSteps(RotaryPositions rotary, DynamicScaling scaling, int layer, string name)
    {
        var size = weights.Config.HeadSize;
        var one = model.Constant("attention.one", TensorType.Int64, 1);
        var numbers = Node("Mul", [Node("Cast", [mask], $"{name}.mask", ("to", (long)TensorType.Int64.OnnxNumber())), Node("Add", [AddPlaces(), one], $"{name}.numbers")], $"{name}.token_numbers");
        var length = Node("ReduceMax", [numbers, model.Vector("attention.second_axis", 1)], $"{name}.length", ("keepdims", 1L)); // [batch, 1]
        var tokens = Node("Cast", [length], $"{name}.tokens", ("to", (long)TensorType.Float32.OnnxNumber()));
        var ratio = Node("Mul", [tokens, model.Scalar($"{name}.rate", (float)(scaling.Factor / scaling.TrainedTokens))], $"{name}.ratio");
        // Below 1 the text is no longer than those of training.
        var growth = Node(
            "Max", [Node("Add", [ratio, model.Scalar($"{name}.offset", (float)(1 - scaling.Factor))], $"{name}.growth"), model.Scalar("attention.least_growth", 1)], $"{name}.least_growth");
        var power = Node("Pow", [growth, model.Scalar("attention.growth_power", (float)(size / (size - 2.0)))], $"{name}.power");
        var bases = Node("Mul", [power, model.Scalar($"{name}.base", (float)rotary.Base(layer))], $"{name}.bases");
        var exponents = model.Vector("attention.exponents", [.. Enumerable.Range(0, size / 2).Select(c => (float)(2 * c) / size)]);
        var steps = Node("Reciprocal", [Node("Pow", [bases, exponents], $"{name}.powers")], $"{name}.text_steps"); // [batch, size / 2]
        return Node("Unsqueeze", [steps, model.Vector("attention.second_axis", 1)], $"{name}.text_step_rows");
    }

    /// <summary>0, 1, 2, …: int64 [tokens].</summary>
    private string AddPlaces() => Once("attention.places", output => Node(
        "Range",
        [model.Constant("attention.zero", TensorType.Int64, 0), Node("Squeeze", [Node("Shape", [mask], "attention.size", ("start", 1L))], "attention.count"), model.Constant("attention.one", TensorType.Int64, 1)],
        output));

    /// <summary>Place of the key minus place of the query: int64 [query, key].</summary>
    private string AddDistances() => Once("attention.distances", output =>
    {
        var places = AddPlaces();
        return Node("Sub", [places, Node("Unsqueeze", [places, model.Vector("attention.second_axis", 1)], "attention.queries")], output);
    });

    private string Once(string name, Func<string, string> add) => _added.Add(name) ? add(name) : name;

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        model.Node(operation, "", inputs, [output], attributes);
}
