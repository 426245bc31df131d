using System.Globalization;
using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Tests.Inference.Graphs;

/// <summary>An encoder as torch.onnx and optimum write it: MatMul with transposed matrices of anonymous names, LayerNorm in steps or as one operator.</summary>
internal sealed class TorchGraph
{
    private readonly OnnxModelWriter _model = new("pytorch");
    private readonly EncoderWeights _weights;
    private readonly EncoderShape _config;
    private readonly TorchStyle _style;
    private int _names;

    private TorchGraph(EncoderWeights weights, TorchStyle style) => (_weights, _config, _style) = (weights, weights.Config, style);

    /// <summary>The file.</summary>
    public static byte[] Write(EncoderWeights weights, TorchStyle style) => new TorchGraph(weights, style).Write();

    private byte[] Write()
    {
        foreach (var input in _config.Plan.TokenTypes == TokenTypes.Given ? new[] { "input_ids", "attention_mask", "token_type_ids" } : ["input_ids", "attention_mask"])
        {
            _model.Input(input, TensorType.Int64, "batch", "tokens");
        }

        var state = Embeddings();
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            state = Layer(WeightNames.Layer(layer), state);
        }

        _model.Node("Identity", "", [state], [_style.Output]);
        _model.Output(_style.Output, TensorType.Float32, "batch", "tokens", (long)_config.HiddenSize);
        if (_weights.Tensors.ContainsKey(WeightNames.Pooler.Weight))
        {
            var first = Node("Gather", [_style.Output, _model.Constant("zero", TensorType.Int64, 0)], ("axis", 1L));
            _model.Node("Tanh", "", [Linear(first, WeightNames.Pooler)], ["pooler_output"]);
            _model.Output("pooler_output", TensorType.Float32, "batch", (long)_config.HiddenSize);
        }

        return _model.ToArray();
    }

    private string Embeddings()
    {
        var words = Node("Gather", [Weight(WeightNames.WordEmbeddings), "input_ids"]);
        var sum = words;
        if (_config.Plan.TokenTypes != TokenTypes.None)
        {
            var types = _config.Plan.TokenTypes == TokenTypes.Given ? "token_type_ids" : Node("Sub", ["input_ids", "input_ids"]);
            sum = Node("Add", [words, Node("Gather", [Weight(WeightNames.TokenTypeEmbeddings), types])]);
        }

        return Norm(Node("Add", [sum, Node("Gather", [Weight(WeightNames.PositionEmbeddings), Positions()])]), WeightNames.EmbeddingsNorm);
    }

    private string Positions()
    {
        var one = Cast(Node("Not", [Node("Equal", ["input_ids", Constant(_config.Plan.Positions!.PaddingId ?? -1)])]), TensorType.Int64);
        var count = Node("CumSum", [one, _model.Constant("axis", TensorType.Int64, 1)]);
        return Node("Add", [Node("Mul", [count, one]), Constant(_config.Plan.Positions.PaddingId ?? -1)]);
    }

    private string Layer(WeightNames.LayerNames names, string state)
    {
        var (heads, size) = ((long)_config.Heads, (long)_config.HeadSize);
        var shape = Vector([0, 0, heads, size]);
        var (query, key, value) = (Head(names.Query, 0, 2, 1, 3), Head(names.Key, 0, 2, 3, 1), Head(names.Value, 0, 2, 1, 3));
        var scale = _model.Scalar("scale", MathF.Sqrt(size));
        var scores = _style.ScalesQueries
            ? Node("MatMul", [Node("Div", [query, scale]), key])
            : Node("Div", [Node("MatMul", [query, key]), scale]);
        var mask = Node("Mul", [Node("Sub", [_model.Scalar("one", 1), Cast(Node("Unsqueeze", ["attention_mask", Vector([1, 2])]), TensorType.Float32)]), _model.Scalar("far", -10000)]);
        var probabilities = Node("Softmax", [Node("Add", [scores, mask])]);
        var context = Node("Reshape", [Node("Transpose", [Node("MatMul", [probabilities, value])], ("perm", new[] { 0L, 2, 1, 3 })), Vector([0, 0, _config.HiddenSize])]);
        var attended = Norm(Node("Add", [Linear(context, names.AttentionOutput), state]), names.AttentionNorm);
        return Norm(Node("Add", [Linear(Gelu(Linear(attended, names.Intermediate)), names.Output), attended]), names.OutputNorm);

        string Head(WeightNames.Affine linear, params long[] order) =>
            Node("Transpose", [Node("Reshape", [Linear(state, linear), shape])], ("perm", order));
    }

    private string Gelu(string input)
    {
        var erf = Node("Erf", [Node("Div", [input, _model.Scalar("root_of_two", MathF.Sqrt(2))])]);
        return Node("Mul", [Node("Mul", [input, Node("Add", [erf, _model.Scalar("one", 1)])]), _model.Scalar("half", _style.Half)]);
    }

    private string Linear(string input, WeightNames.Affine linear)
    {
        var weight = _weights[linear.Weight];
        var (rows, columns) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        var values = weight.ToSingles();
        var turned = Enumerable.Range(0, columns).SelectMany(column => Enumerable.Range(0, rows).Select(row => values[row * columns + column])).ToArray();
        var name = _model.Weight($"onnx::MatMul_{_names++}", new Tensor("w", TensorType.Float32, [columns, rows], MemoryMarshal.AsBytes<float>(turned).ToArray()));
        var product = _style.Quantizes ? Quantized(input, turned, columns, rows) : Node("MatMul", [input, name]);
        return _weights.Tensors.ContainsKey(linear.Bias) ? Node("Add", [Weight(linear.Bias), product]) : product;
    }

    /// <summary>As ONNX Runtime's dynamic quantization writes a product: with one scale for all of the input.</summary>
    private string Quantized(string input, float[] weight, int rows, int columns)
    {
        var scale = weight.Max(Math.Abs) / 127;
        var codes = Array.ConvertAll(weight, value => (byte)(sbyte)MathF.Round(value / scale));
        var name = _model.Weight($"quantized_{_names++}", new Tensor("q", TensorType.Int8, [rows, columns], codes));
        string[] outputs = [Fresh(), Fresh(), Fresh()];
        _model.Node("DynamicQuantizeLinear", "", [input], outputs);
        var sums = Cast(Node("MatMulInteger", [outputs[0], name, outputs[2]]), TensorType.Float32);
        return Node("Mul", [sums, Node("Mul", [outputs[1], _model.Scalar($"scale_{_names++}", scale)])]);
    }

    private string Norm(string input, WeightNames.Affine norm)
    {
        var (weight, bias) = (Weight(norm.Weight), Weight(norm.Bias));
        if (_style.FusesNorms)
        {
            return Node("LayerNormalization", [input, weight, bias], ("epsilon", (float)_config.LayerNormEpsilon));
        }

        var last = Vector([-1]);
        var difference = Node("Sub", [input, Node("ReduceMean", [input, last])]);
        var variance = Node("ReduceMean", [Node("Pow", [difference, _model.Scalar("two", 2)]), last]);
        var deviation = Node("Sqrt", [Node("Add", [variance, _model.Scalar("epsilon", (float)_config.LayerNormEpsilon)])]);
        return Node("Add", [Node("Mul", [Node("Div", [difference, deviation]), weight]), bias]);
    }

    private readonly HashSet<string> _known = [];

    private string Weight(string name)
    {
        var file = _style.NamesWeights ? name : "w." + name.Length.ToString(CultureInfo.InvariantCulture) + "." + string.Concat(name.Select(letter => (char)(letter ^ 1)));
        return _known.Add(file) ? _model.Weight(file, _weights[name].ToFloat32()) : file;
    }

    private string Constant(long value) => _model.Constant($"constant{value}", TensorType.Int64, value);

    private string Vector(long[] values)
    {
        var name = "v" + string.Join('_', values);
        return _known.Add(name) ? _model.Weight(name, new Tensor(name, TensorType.Int64, [values.Length], MemoryMarshal.AsBytes<long>(values).ToArray())) : name;
    }

    private string Cast(string input, TensorType type) => Node("Cast", [input], ("to", (long)type.OnnxNumber()));

    private string Fresh() => $"{_names++}";

    private string Node(string operation, string[] inputs, params (string, object)[] attributes) => _model.Node(operation, "", inputs, [Fresh()], attributes);
}

/// <summary>How exporters differ.</summary>
internal sealed record TorchStyle
{
    public bool FusesNorms { get; init; }

    public bool ScalesQueries { get; init; }

    public bool NamesWeights { get; init; }

    public bool Quantizes { get; init; }

    public string Output { get; init; } = "last_hidden_state";

    /// <summary>The factor of GELU; another makes another activation.</summary>
    public float Half { get; init; } = 0.5f;
}
