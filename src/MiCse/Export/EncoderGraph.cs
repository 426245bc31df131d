using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>
/// An encoder with its pooling as an ONNX file of fused operators, for any program on ONNX Runtime: ids, mask and token types
/// [batch, tokens] in (token types where the plan has them given), hidden states and embeddings out. Every weight is a tensor of the checkpoint under its canonical name;
/// linear layers keep Hugging Face's [out, in] layout and are multiplied transposed.
/// </summary>
internal sealed class EncoderGraph
{
    /// <summary>Input: token ids, int64 [batch, tokens].</summary>
    public const string Ids = "input_ids";

    /// <summary>Input: 1 for tokens to attend to, 0 for the others, int64 [batch, tokens].</summary>
    public const string Mask = "attention_mask";

    /// <summary>Input: token types, int64 [batch, tokens].</summary>
    public const string TokenTypes = "token_type_ids";

    /// <summary>Output: the hidden states after the last layer, float32 [batch, tokens, hidden].</summary>
    public const string LastHiddenState = "last_hidden_state";

    /// <summary>Output: embeddings, float32 [batch, dimensions].</summary>
    public const string Embeddings = "sentence_embedding";

    private readonly OnnxModelWriter _model = new();
    private readonly HashSet<string> _weightsUsed = [];
    private readonly GraphWeights _weights;
    private readonly EncoderShape _config;
    private readonly QuantizedLayers? _quantized;
    private readonly string _ids;
    private readonly string _mask;
    private readonly string? _tokenTypes;

    private EncoderGraph(GraphWeights weights, EncoderPrecision precision)
    {
        weights.Plan.RefuseNotImplemented();
        _weights = weights;
        _config = weights.Config;
        _quantized = precision == EncoderPrecision.Int8 ? new QuantizedLayers(_model, weights, Weight) : null;
        var inputTypes = weights.Plan.TokenTypes;
        foreach (var input in inputTypes == Models.TokenTypes.Given ? new[] { Ids, Mask, TokenTypes } : [Ids, Mask])
        {
            _model.Input(input, TensorType.Int64, "batch", "tokens");
        }

        // ONNX Runtime's fused operators want int32.
        var types = inputTypes switch
        {
            Models.TokenTypes.Given => TokenTypes,
            Models.TokenTypes.Zero => Node("Sub", [Ids, Ids], "no_token_types"),
            _ => null,
        };
        (_ids, _mask, _tokenTypes) = (Narrow(Ids), Narrow(Mask), types is null ? null : Narrow(types));

        string Narrow(string input) => Node("Cast", [input], $"{input}.narrow", ("to", (long)TensorType.Int32.OnnxNumber()));
    }

    /// <summary>
    /// Writes the graph with its weights: inputs of int64 as tokenizers give them, outputs <see cref="LastHiddenState"/> and <see cref="Embeddings"/>.
    /// </summary>
    /// <param name="stream">Where to.</param>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="chain">What is computed from the hidden states. The graph cannot know where a prompt ends: all its positions count.</param>
    /// <param name="modules">The weights of the chain's modules, which stay in float32.</param>
    /// <param name="precision">The precision of the matrix multiplications.</param>
    /// <exception cref="NotSupportedException">The weights are beyond 2 GB.</exception>
    public static void Write(
        Stream stream, GraphWeights weights, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, EncoderPrecision precision)
    {
        var graph = new EncoderGraph(weights, precision);
        var hiddenStates = new List<string> { graph.AddEmbeddings() };
        for (var layer = 0; layer < graph._config.Layers; layer++)
        {
            hiddenStates.Add(graph.AddLayer(layer, hiddenStates[^1]));
        }

        graph.Node("Identity", [hiddenStates[^1]], LastHiddenState);
        graph._model.Output(LastHiddenState, TensorType.Float32, "batch", "tokens", (long)graph._config.HiddenSize);
        graph.AddEmbedding(chain, modules, hiddenStates);
        graph._model.WriteTo(stream);
    }

    private void AddEmbedding(EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, List<string> hiddenStates)
    {
        Node("Identity", [new ChainGraph(_model, _mask, AddHead).Add(chain, modules, hiddenStates)], Embeddings);
        _model.Output(Embeddings, TensorType.Float32, "batch", (long)chain.SizeAfter(chain.PooledSize(_config.HiddenSize)));
    }

    /// <summary>The hidden states [batch, tokens, hidden] after a layer; 0 is the embedding output.</summary>
    private static string HiddenState(int layer) => $"hidden_states.{layer}";

    private string AddEmbeddings() => _quantized is null ? AddFloatEmbeddings() : AddQuantizedEmbeddings(_quantized);

    private string AddQuantizedEmbeddings(QuantizedLayers quantized)
    {
        var words = quantized.AddLookup(_ids, WeightNames.WordEmbeddings, "word_states");
        var types = _tokenTypes is null ? null : Node("Gather", [Weight(WeightNames.TokenTypeEmbeddings), _tokenTypes], "type_states");
        var table = Weight(WeightNames.PositionEmbeddings);
        var positions = AddPositionIds() is { Length: > 0 } ids
            ? Node("Gather", [table, ids], "position_states") // [batch, tokens, hidden]
            : Node("Slice", [table, FirstPosition, Node("Shape", [_ids], "token_count", ("start", 1L)), FirstPosition], "position_states"); // [tokens, hidden]
        var added = types is null ? positions : Node("Add", [types, positions], "type_position_states");
        var sum = Node("Add", [words, added], "embedding_sum"); // [batch, tokens, hidden]
        return AddNorm(sum, WeightNames.EmbeddingsNorm, HiddenState(0));
    }

    private string AddFloatEmbeddings() => _model.Node(
        "EmbedLayerNormalization",
        OnnxModelWriter.Fused,
        [
            _ids, _tokenTypes ?? "",
            Weight(WeightNames.WordEmbeddings), Weight(WeightNames.PositionEmbeddings), _tokenTypes is null ? "" : Weight(WeightNames.TokenTypeEmbeddings),
            Weight(WeightNames.EmbeddingsNorm.Weight), Weight(WeightNames.EmbeddingsNorm.Bias),
            "", AddPositionIds(),
        ],
        [HiddenState(0), "mask_index"], // [batch, tokens, hidden]; the second is required, and unused
        Epsilon);

    /// <summary>The rows of the position table where they are counted from a padding id on; empty for 0, 1, 2, …, which is the operators' default.</summary>
    private string AddPositionIds()
    {
        if (_weights.Plan.Positions!.PaddingId is not { } paddingId)
        {
            return "";
        }

        var padding = _model.Constant("padding_id", TensorType.Int32, paddingId);
        var isPadding = Node("Equal", [_ids, padding], "is_padding");
        var isToken = Node("Not", [isPadding], "is_token");
        var one = Node("Cast", [isToken], "one_per_token", ("to", (long)TensorType.Int32.OnnxNumber()));
        var count = Node("CumSum", [one, _model.Constant("tokens_axis", TensorType.Int64, 1)], "token_count");
        return Node("Add", [Node("Mul", [count, one], "token_number"), padding], "position_ids"); // [batch, tokens]
    }

    private string AddLayer(int index, string input)
    {
        var names = WeightNames.Layer(index);
        var biases = !_weights.Has(names.Query.Bias) ? "" : Node(
            "Concat", [Weight(names.Query.Bias), Weight(names.Key.Bias), Weight(names.Value.Bias)], $"{names.Module}.biases", ("axis", 0L));
        var context = Fused(
            "MultiHeadAttention",
            [AddMatMul(input, names.Query), AddMatMul(input, names.Key), AddMatMul(input, names.Value), biases, _mask],
            $"{names.Module}.context", // [batch, tokens, hidden]
            ("num_heads", (long)_config.Heads), ("mask_filter_value", float.MinValue));
        var attended = AddResidual(context, names.AttentionOutput, input, names.AttentionNorm, $"{names.Module}.attended");
        var product = AddMatMul(attended, names.Intermediate);
        var inner = _weights.Has(names.Intermediate.Bias)
            ? Fused("BiasGelu", [product, Weight(names.Intermediate.Bias)], $"{names.Module}.inner")
            : Fused("Gelu", [product], $"{names.Module}.inner"); // [batch, tokens, intermediate]
        return AddResidual(inner, names.Output, attended, names.OutputNorm, HiddenState(index + 1));
    }

    /// <summary>LayerNorm(linear(input) + residual).</summary>
    private string AddResidual(string input, WeightNames.Affine linear, string residual, WeightNames.Affine norm, string output)
    {
        // One after the other is several times as fast as ONNX Runtime's SkipLayerNormalization, which is one loop without vector instructions.
        var product = AddMatMul(input, linear);
        product = _weights.Has(linear.Bias) ? Node("Add", [product, Weight(linear.Bias)], linear.Module) : product;
        return AddNorm(Node("Add", [product, residual], $"{linear.Module}.sum"), norm, output);
    }

    private string AddNorm(string input, WeightNames.Affine norm, string output) =>
        Node("LayerNormalization", [input, Weight(norm.Weight), Weight(norm.Bias)], output, Epsilon);

    /// <summary>The linear layer without its bias, which the operator that follows adds.</summary>
    private string AddMatMul(string input, WeightNames.Affine linear) => _quantized is { } quantized
        ? quantized.AddMatMul(input, linear.Weight, $"{linear.Module}.product")
        : Fused("FusedMatMul", [input, Weight(linear.Weight)], $"{linear.Module}.product", ("transB", 1L));

    private string AddHead(string cls)
    {
        if (_weights.Head is not { } dense)
        {
            return cls;
        }

        var linear = _quantized is null
            ? Node("Gemm", [cls, Weight(dense.Weight), Weight(dense.Bias)], "head", ("transB", 1L))
            : Node("Add", [AddMatMul(cls, dense), Weight(dense.Bias)], "head");
        return Node("Tanh", [linear], "head_activation");
    }

    private string FirstPosition => _model.Constant("first_position", TensorType.Int64, 0, isVector: true);

    private (string, object) Epsilon => ("epsilon", (float)_config.LayerNormEpsilon);

    private string Weight(string canonicalName) =>
        _weightsUsed.Contains(canonicalName) ? canonicalName : Weight(canonicalName, _weights.Float(canonicalName));

    private string Weight(string name, Tensor weight)
    {
        _weightsUsed.Add(name);
        return _model.Weight(name, weight);
    }

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        _model.Node(operation, "", inputs, [output], attributes);

    private string Fused(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        _model.Node(operation, OnnxModelWriter.Fused, inputs, [output], attributes);
}
