using MiCse.Checkpoints;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MiCse.Inference;

/// <summary>
/// A BERT or RoBERTa encoder with its pooling as an ONNX graph of fused operators: ids, mask and token types [batch, tokens]
/// in, embeddings [batch, hidden] out. Every weight is a tensor of the checkpoint as it lies there, under its canonical name;
/// linear layers keep Hugging Face's [out, in] layout and are multiplied transposed.
/// </summary>
internal sealed class BertOnnxGraph
{
    /// <summary>Input: token ids, int32 [batch, tokens].</summary>
    public const string Ids = "input_ids";

    /// <summary>Input: 1 for tokens to attend to, 0 for the others, int32 [batch, tokens].</summary>
    public const string Mask = "attention_mask";

    /// <summary>Input: token types, int32 [batch, tokens].</summary>
    public const string TokenTypes = "token_type_ids";

    /// <summary>Output: embeddings, float32 [batch, hidden].</summary>
    public const string Embeddings = "sentence_embedding";

    private readonly OnnxModelWriter _model = new();
    private readonly HashSet<string> _weightsUsed = [];
    private readonly EncoderWeights _weights;
    private readonly BertConfig _config;

    private BertOnnxGraph(EncoderWeights weights)
    {
        _weights = weights;
        _config = weights.Config;
    }

    /// <summary>The canonical names of the weights that the model uses.</summary>
    public IReadOnlyCollection<string> WeightsUsed => _weightsUsed;

    /// <summary>The serialized ModelProto, without weights.</summary>
    public byte[] Model { get; private set; } = [];

    /// <summary>Output: the hidden states [batch, tokens, hidden] after a layer; 0 is the embedding output.</summary>
    public static string HiddenState(int layer) => $"hidden_states.{layer}";

    /// <summary>Builds the graph.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="withHiddenStates">Whether the hidden states of all layers are outputs too.</param>
    public static BertOnnxGraph Build(EncoderWeights weights, Pooling pooling, bool normalize = false, bool withHiddenStates = false)
    {
        var graph = new BertOnnxGraph(weights);
        graph.AddAll(pooling, normalize, withHiddenStates);
        graph.Model = graph._model.ToArray();
        return graph;
    }

    private void AddAll(Pooling pooling, bool normalize, bool withHiddenStates)
    {
        foreach (var input in new[] { Ids, Mask, TokenTypes })
        {
            _model.Input(input, TensorElementType.Int32, "batch", "tokens");
        }

        var hiddenStates = new List<string> { AddEmbeddings() };
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            // Only [CLS] of the last layer is read: the other positions serve as keys and values, nothing more.
            var firstPositionOnly = pooling is Pooling.Cls or Pooling.ClsBeforePooler && !withHiddenStates && layer == _config.Layers - 1;
            hiddenStates.Add(AddLayer(layer, hiddenStates[^1], firstPositionOnly));
        }

        var embedding = AddPooling(pooling, hiddenStates);
        embedding = normalize
            ? Node("LpNormalization", [embedding], "normalized", ("axis", 1L), ("p", 2L))
            : embedding;
        Node("Identity", [embedding], Embeddings);
        _model.Output(Embeddings, TensorElementType.Float, "batch", (long)_config.HiddenSize);
        if (withHiddenStates)
        {
            hiddenStates.ForEach(name => _model.Output(name, TensorElementType.Float, "batch", "tokens", (long)_config.HiddenSize));
        }
    }

    private string AddEmbeddings() => _model.Node(
        "EmbedLayerNormalization",
        OnnxModelWriter.Fused,
        [
            Ids, TokenTypes,
            Weight(WeightNames.WordEmbeddings), Weight(WeightNames.PositionEmbeddings), Weight(WeightNames.TokenTypeEmbeddings),
            Weight(WeightNames.EmbeddingsNorm.Weight), Weight(WeightNames.EmbeddingsNorm.Bias),
            "", AddPositionIds(),
        ],
        [HiddenState(0), "mask_index"], // [batch, tokens, hidden]; the second is required, and unused
        Epsilon);

    /// <summary>RoBERTa's position ids: the padding id for padding, above it a count of the other tokens. BERT's are 0, 1, 2, … by default.</summary>
    private string AddPositionIds()
    {
        if (_config.Architecture == BertArchitecture.Bert)
        {
            return "";
        }

        var padding = _model.Constant("padding_id", TensorElementType.Int32, _config.PadTokenId);
        var isPadding = Node("Equal", [Ids, padding], "is_padding");
        var isToken = Node("Not", [isPadding], "is_token");
        var one = Node("Cast", [isToken], "one_per_token", ("to", (long)TensorElementType.Int32));
        var count = Node("CumSum", [one, _model.Constant("tokens_axis", TensorElementType.Int64, 1)], "token_count");
        return Node("Add", [Node("Mul", [count, one], "token_number"), padding], "position_ids"); // [batch, tokens]
    }

    /// <summary>One transformer layer, for all positions or for the first alone.</summary>
    private string AddLayer(int index, string input, bool firstPositionOnly)
    {
        var names = WeightNames.Layer(index);
        var rows = firstPositionOnly
            ? Node("Gather", [input, _model.Constant("first_positions", TensorElementType.Int64, 0, isVector: true)], "first_rows", ("axis", 1L))
            : input; // [batch, rows, hidden], rows = 1 or tokens
        var biases = Node(
            "Concat", [Weight(names.Query.Bias), Weight(names.Key.Bias), Weight(names.Value.Bias)], $"{names.Module}.biases", ("axis", 0L));
        var context = Fused(
            "MultiHeadAttention",
            [AddProduct(rows, names.Query), AddProduct(input, names.Key), AddProduct(input, names.Value), biases, Mask],
            $"{names.Module}.context", // [batch, rows, hidden]
            ("num_heads", (long)_config.Heads), ("mask_filter_value", float.MinValue));
        var attended = AddResidual(context, names.AttentionOutput, rows, names.AttentionNorm, $"{names.Module}.attended");
        var inner = Fused(
            "BiasGelu",
            [AddProduct(attended, names.Intermediate), Weight(names.Intermediate.Bias)],
            $"{names.Module}.inner"); // [batch, rows, intermediate]
        return AddResidual(inner, names.Output, attended, names.OutputNorm, HiddenState(index + 1));
    }

    /// <summary>LayerNorm(linear(input) + residual).</summary>
    private string AddResidual(string input, WeightNames.Affine linear, string residual, WeightNames.Affine norm, string output) => Fused(
        "SkipLayerNormalization",
        [AddProduct(input, linear), residual, Weight(norm.Weight), Weight(norm.Bias), Weight(linear.Bias)],
        output,
        Epsilon);

    /// <summary>The linear layer without its bias, which the operator that follows adds.</summary>
    private string AddProduct(string input, WeightNames.Affine linear) =>
        Fused("FusedMatMul", [input, Weight(linear.Weight)], $"{linear.Module}.product", ("transB", 1L));

    private string AddPooling(Pooling pooling, List<string> hiddenStates) => pooling switch
    {
        Pooling.ClsBeforePooler => AddFirstPosition(hiddenStates[^1]),
        Pooling.Cls => AddHead(AddFirstPosition(hiddenStates[^1])),
        Pooling.Mean => AddMean(hiddenStates[^1]),
        Pooling.MeanOfLastTwo => AddMean(AddMidpoint(hiddenStates[^1], hiddenStates[^2])),
        Pooling.MeanOfFirstAndLast => AddMean(AddMidpoint(hiddenStates[^1], hiddenStates[0])),
        _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Not a pooling."),
    };

    private string AddFirstPosition(string hidden) => Node(
        "Gather", [hidden, _model.Constant("first_position", TensorElementType.Int64, 0)], "first_position_state", ("axis", 1L)); // [batch, hidden]

    private string AddHead(string cls)
    {
        WeightNames.Affine? head =
            _weights.HasProjectionHead ? WeightNames.ProjectionHead
            : _weights.HasPooler ? WeightNames.Pooler
            : null;
        return head is { } dense
            ? Node("Tanh", [Node("Gemm", [cls, Weight(dense.Weight), Weight(dense.Bias)], "head", ("transB", 1L))], "head_activation")
            : cls;
    }

    private string AddMidpoint(string first, string second) => Node("Mean", [first, second], "midpoint");

    private string AddMean(string hidden)
    {
        var lastAxis = _model.Constant("last_axis", TensorElementType.Int64, 1, isVector: true);
        var mask = Node("Cast", [Mask], "mask", ("to", (long)TensorElementType.Float));
        var count = Node("ReduceSum", [mask, lastAxis], "mask_count", ("keepdims", 1L)); // [batch, 1]
        var share = Node("Unsqueeze", [Node("Div", [mask, count], "share"), lastAxis], "share_row"); // [batch, 1, tokens]
        return Node("Squeeze", [Node("MatMul", [share, hidden], "mean_row"), lastAxis], "mean"); // [batch, hidden]
    }

    private (string, object) Epsilon => ("epsilon", (float)_config.LayerNormEpsilon);

    private string Weight(string canonicalName) => _weightsUsed.Add(canonicalName)
        ? _model.Weight(canonicalName, _weights[canonicalName].Shape)
        : canonicalName;

    private string Node(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        _model.Node(operation, "", inputs, [output], attributes);

    private string Fused(string operation, IReadOnlyList<string> inputs, string output, params (string, object)[] attributes) =>
        _model.Node(operation, OnnxModelWriter.Fused, inputs, [output], attributes);
}
