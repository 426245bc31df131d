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
    private readonly EncoderPlan _plan;
    private readonly PlaceGraph _places;
    private readonly QuantizedLayers? _quantized;
    private readonly string _ids;
    private readonly string _mask;
    private readonly string? _tokenTypes;

    private EncoderGraph(GraphWeights weights, EncoderPrecision precision)
    {
        _weights = weights;
        (_config, _plan) = (weights.Config, weights.Plan);
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
        _places = new PlaceGraph(_model, weights, _mask, Weight);

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

        if (graph._plan.FinalNorm)
        {
            hiddenStates[^1] = graph.AddNorm(hiddenStates[^1], WeightNames.FinalNorm, "final_hidden_state");
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

    private string AddEmbeddings()
    {
        var output = _plan.EmbeddingSize is null ? HiddenState(0) : "embeddings";
        var embeddings = _quantized is null && _plan.Positions is not null && _plan.NormBiases ? AddFusedEmbeddings(output) : AddEmbeddingSum(output);
        return _plan.EmbeddingSize is null ? embeddings : AddLinear(embeddings, WeightNames.EmbeddingProjection, WeightNames.EmbeddingProjection.Module);
    }

    private string AddEmbeddingSum(string output)
    {
        var words = _quantized?.AddLookup(_ids, WeightNames.WordEmbeddings, "word_states") ?? Node("Gather", [Weight(WeightNames.WordEmbeddings), _ids], "word_states");
        var types = _tokenTypes is null ? null : Node("Gather", [Weight(WeightNames.TokenTypeEmbeddings), _tokenTypes], "type_states");
        var positions = _plan.Positions is null ? null : AddPositions();
        var added = types is null || positions is null ? types ?? positions : Node("Add", [types, positions], "type_position_states");
        var sum = added is null ? words : Node("Add", [words, added], "embedding_sum"); // [batch, tokens, embedding]
        return AddNorm(sum, WeightNames.EmbeddingsNorm, output);
    }

    private string AddPositions()
    {
        var table = Weight(WeightNames.PositionEmbeddings);
        return AddPositionIds() is { Length: > 0 } ids
            ? Node("Gather", [table, ids], "position_states") // [batch, tokens, embedding]
            : Node("Slice", [table, FirstPosition, Node("Shape", [_ids], "token_count", ("start", 1L)), FirstPosition], "position_states"); // [tokens, embedding]
    }

    private string AddFusedEmbeddings(string output) => _model.Node(
        "EmbedLayerNormalization",
        OnnxModelWriter.Fused,
        [
            _ids, _tokenTypes ?? "",
            Weight(WeightNames.WordEmbeddings), Weight(WeightNames.PositionEmbeddings), _tokenTypes is null ? "" : Weight(WeightNames.TokenTypeEmbeddings),
            Weight(WeightNames.EmbeddingsNorm.Weight), Weight(WeightNames.EmbeddingsNorm.Bias),
            "", AddPositionIds(),
        ],
        [output, "mask_index"], // [batch, tokens, embedding]; the second is required, and unused
        Epsilon);

    /// <summary>The rows of the position table where they are counted from a padding id on; empty for 0, 1, 2, …, which is the operators' default.</summary>
    private string AddPositionIds()
    {
        if (_plan.Positions!.PaddingId is not { } paddingId)
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
        // Layers that share weights have nodes of their own.
        var (weights, nodes) = (WeightNames.Layer(_plan.WeightsOf(index)), WeightNames.Layer(index));
        return _plan.Norm == NormPlacement.After ? AddLayerNormedAfter(index, weights, nodes, input) : AddLayerNormedBefore(index, weights, nodes, input);
    }

    /// <summary>h = LayerNorm(h + attention(h)), h = LayerNorm(h + feed-forward(h))</summary>
    private string AddLayerNormedAfter(int index, WeightNames.LayerNames weights, WeightNames.LayerNames nodes, string input)
    {
        var context = AddAttention(index, weights, nodes, input);
        var attended = AddNorm(AddResidual(context, weights.AttentionOutput, nodes.AttentionOutput.Module, input), weights.AttentionNorm, $"{nodes.Module}.attended");
        var inner = AddInner(weights, nodes, attended);
        return AddNorm(AddResidual(inner, weights.Output, nodes.Output.Module, attended), weights.OutputNorm, HiddenState(index + 1));
    }

    /// <summary>h = h + attention(LayerNorm(h)), h = h + feed-forward(LayerNorm(h))</summary>
    private string AddLayerNormedBefore(int index, WeightNames.LayerNames weights, WeightNames.LayerNames nodes, string input)
    {
        var attending = _plan.NormsInput(_plan.WeightsOf(index)) ? AddNorm(input, weights.AttentionNorm, $"{nodes.Module}.attending") : input;
        var attended = AddResidual(AddAttention(index, weights, nodes, attending), weights.AttentionOutput, nodes.AttentionOutput.Module, input);
        var inner = AddInner(weights, nodes, AddNorm(attended, weights.OutputNorm, $"{nodes.Module}.normalized"));
        return AddResidual(inner, weights.Output, nodes.Output.Module, attended);
    }

    private string AddAttention(int index, WeightNames.LayerNames weights, WeightNames.LayerNames nodes, string input)
    {
        var (mask, bias) = _places.Visible(index);
        var isTurned = _plan.Rotary is not null;
        var biases = isTurned || !_weights.Has(weights.Query.Bias) ? "" : Node(
            "Concat", [Weight(weights.Query.Bias), Weight(weights.Key.Bias), Weight(weights.Value.Bias)], $"{nodes.Module}.biases", ("axis", 0L));
        string[] parts = isTurned
            ? [
                _places.AddTurn(index, AddLinear(input, weights.Query, nodes.Query.Module)),
                _places.AddTurn(index, AddLinear(input, weights.Key, nodes.Key.Module)),
                AddLinear(input, weights.Value, nodes.Value.Module),
            ]
            : [AddMatMul(input, weights.Query, nodes.Query.Module), AddMatMul(input, weights.Key, nodes.Key.Module), AddMatMul(input, weights.Value, nodes.Value.Module)];
        string[] inputs = [.. parts, biases, mask];
        return Fused(
            "MultiHeadAttention",
            bias.Length == 0 ? inputs : [.. inputs, bias],
            $"{nodes.Module}.context", // [batch, tokens, hidden]
            ("num_heads", (long)_config.Heads), ("mask_filter_value", float.MinValue));
    }

    /// <summary>The wide vectors inside the feed-forward part, activated and gated: [batch, tokens, intermediate].</summary>
    private string AddInner(WeightNames.LayerNames weights, WeightNames.LayerNames nodes, string input)
    {
        if (!_plan.Gated)
        {
            return AddActivated(weights, nodes, input, $"{nodes.Module}.inner");
        }

        var activated = AddActivated(weights, nodes, input, $"{nodes.Module}.activated");
        return Node("Mul", [activated, AddLinear(input, weights.Gate, nodes.Gate.Module)], $"{nodes.Module}.inner");
    }

    private string AddActivated(WeightNames.LayerNames weights, WeightNames.LayerNames nodes, string input, string output)
    {
        var (linear, hasBias) = (weights.Intermediate, _weights.Has(weights.Intermediate.Bias));
        var product = AddMatMul(input, linear, nodes.Intermediate.Module);
        switch (_plan.Activation)
        {
            case Activation.Gelu:
                return hasBias ? Fused("BiasGelu", [product, Weight(linear.Bias)], output) : Fused("Gelu", [product], output);
            case Activation.GeluTanh:
                return Fused("FastGelu", hasBias ? [product, Weight(linear.Bias)] : [product], output);
            case Activation.Silu:
                product = AddBias(product, linear, nodes.Intermediate.Module);
                return Node("Mul", [product, Node("Sigmoid", [product], $"{output}.sigmoid")], output);
            case Activation.Relu:
                return Node("Relu", [AddBias(product, linear, nodes.Intermediate.Module)], output);
            default:
                throw new NotSupportedException($"the activation {_plan.Activation} has no operator in an ONNX graph");
        }
    }

    /// <summary>linear(input) + residual.</summary>
    private string AddResidual(string input, WeightNames.Affine linear, string node, string residual)
    {
        // One after the other is several times as fast as ONNX Runtime's SkipLayerNormalization, which is one loop without vector instructions.
        var product = AddLinear(input, linear, node);
        return Node("Add", [product, residual], $"{node}.sum");
    }

    private string AddNorm(string input, WeightNames.Affine norm, string output) =>
        Node("LayerNormalization", _weights.Has(norm.Bias) ? [input, Weight(norm.Weight), Weight(norm.Bias)] : [input, Weight(norm.Weight)], output, Epsilon);

    /// <summary>The linear layer with its bias, where it has one.</summary>
    private string AddLinear(string input, WeightNames.Affine linear, string node) => AddBias(AddMatMul(input, linear, node), linear, node);

    private string AddBias(string product, WeightNames.Affine linear, string node) => _weights.Has(linear.Bias) ? Node("Add", [product, Weight(linear.Bias)], node) : product;

    /// <summary>The linear layer without its bias, which the operator that follows adds.</summary>
    private string AddMatMul(string input, WeightNames.Affine linear, string node) => _quantized is { } quantized
        ? quantized.AddMatMul(input, linear.Weight, $"{node}.product")
        : Fused("FusedMatMul", [input, Weight(linear.Weight)], $"{node}.product", ("transB", 1L));

    private string AddHead(string cls)
    {
        if (_weights.Head is not { } dense)
        {
            return cls;
        }

        var linear = _quantized is null
            ? Node("Gemm", [cls, Weight(dense.Weight), Weight(dense.Bias)], "head", ("transB", 1L))
            : Node("Add", [AddMatMul(cls, dense, dense.Module), Weight(dense.Bias)], "head");
        return Node("Tanh", [linear], "head_activation");
    }

    private string FirstPosition => _model.Constant("first_position", TensorType.Int64, 0, isVector: true);

    private (string, object) Epsilon => ("epsilon", (float)_config.LayerNormEpsilon);

    private string Weight(string canonicalName) =>
        _weightsUsed.Contains(canonicalName) ? canonicalName : Weight(canonicalName, _weights.Float(canonicalName));

    private string Weight(string name, Tensor weight)
    {
        // Layers may share it.
        return _weightsUsed.Add(name) ? _model.Weight(name, weight) : name;
    }

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        _model.Node(operation, "", inputs, [output], attributes);

    private string Fused(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        _model.Node(operation, OnnxModelWriter.Fused, inputs, [output], attributes);
}
