using MiCse.Weights;


namespace MiCse.Models;

/// <summary>
/// The only place that spells checkpoint names: the canonical ones are Hugging Face's <c>BertModel</c> without prefix.
/// <see cref="EncoderWeights"/> maps what a file has (prefixes, <c>gamma</c>/<c>beta</c>, <c>mlp.dense</c>) onto them.
/// </summary>
public static class WeightNames
{
    /// <summary>[vocabulary, hidden]</summary>
    public const string WordEmbeddings = "embeddings.word_embeddings.weight";

    /// <summary>[positions, hidden]</summary>
    public const string PositionEmbeddings = "embeddings.position_embeddings.weight";

    /// <summary>[types, hidden]</summary>
    public const string TokenTypeEmbeddings = "embeddings.token_type_embeddings.weight";

    /// <summary>LayerNorm after the sum of the three embeddings.</summary>
    public static Affine EmbeddingsNorm { get; } = new("embeddings.LayerNorm");

    /// <summary>Hugging Face's pooler: [hidden, hidden]; optional.</summary>
    public static Affine Pooler { get; } = new("pooler.dense");

    /// <summary>The training head of SimCSE and miCSE: [hidden, hidden]; optional.</summary>
    public static Affine ProjectionHead { get; } = new("mlp.dense");

    /// <summary>What the names of all layers begin with.</summary>
    internal const string Layers = "encoder.layer.";

    /// <summary>What the names of an encoder and its pooler begin with.</summary>
    internal static IReadOnlyList<string> Sections { get; } = ["embeddings.", "encoder.", "pooler."];

    /// <summary>Constants that some versions of transformers save beside the weights.</summary>
    internal static IReadOnlyList<string> Buffers { get; } = ["embeddings.position_ids", "embeddings.token_type_ids"];

    /// <summary>The masked-language-model head of <c>BertForCL</c>, first layer: [hidden, hidden]; optional.</summary>
    public static Affine MaskedLanguageModelTransform { get; } = new("lm_head.transform.dense");

    /// <summary>LayerNorm of the masked-language-model head; optional.</summary>
    public static Affine MaskedLanguageModelNorm { get; } = new("lm_head.transform.LayerNorm");

    /// <summary>Last layer of the masked-language-model head: [vocabulary, hidden]; optional.</summary>
    public static Affine MaskedLanguageModelDecoder { get; } = new("lm_head.decoder");

    /// <summary>What transformers puts before the encoder's names when a head lies beside it.</summary>
    internal static string PrefixBesideHead(BertArchitecture architecture) => architecture == BertArchitecture.Roberta ? "roberta." : "bert.";

    /// <summary>
    /// Under which names <c>BertForMaskedLM</c> and <c>RobertaForMaskedLM</c> keep the masked-language-model head. The decoder's weight is not among
    /// them: it is the word embeddings.
    /// </summary>
    internal static IReadOnlyList<(string Canonical, string Published)> PublishedHead(BertArchitecture architecture)
    {
        var (dense, norm, bias) = architecture == BertArchitecture.Roberta
            ? (new Affine("lm_head.dense"), new Affine("lm_head.layer_norm"), "lm_head.bias")
            : (new Affine("cls.predictions.transform.dense"), new Affine("cls.predictions.transform.LayerNorm"), "cls.predictions.bias");
        return
        [
            (MaskedLanguageModelTransform.Weight, dense.Weight),
            (MaskedLanguageModelTransform.Bias, dense.Bias),
            (MaskedLanguageModelNorm.Weight, norm.Weight),
            (MaskedLanguageModelNorm.Bias, norm.Bias),
            (MaskedLanguageModelDecoder.Bias, bias),
        ];
    }

    /// <summary>The names of one layer.</summary>
    /// <param name="index">0-based.</param>
    public static LayerNames Layer(int index) => new(Layers + index);

    /// <summary>The LayerNorm that the last hidden state comes out of.</summary>
    internal static Affine LastNorm(BertConfig config) => config.Layers == 0 ? EmbeddingsNorm : Layer(config.Layers - 1).OutputNorm;

    /// <summary>Whether it is the matrix with which a layer adds to the hidden state it was given, by attention or by its feed-forward part.</summary>
    internal static bool IsOutputOfLayer(string name) => name.EndsWith(".output.dense.weight", StringComparison.Ordinal);

    /// <summary>Elements of all weights that an encoder of this configuration must have.</summary>
    internal static long CountParameters(BertConfig config) =>
        Required(config).Sum(weight => weight.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Every weight an encoder of this configuration must have, with its shape, in reading order; pooler and head are optional.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Required(BertConfig config)
    {
        long hidden = config.HiddenSize;
        yield return (WordEmbeddings, [config.VocabularySize, hidden]);
        yield return (PositionEmbeddings, [config.MaxPositions, hidden]);
        yield return (TokenTypeEmbeddings, [config.TypeVocabularySize, hidden]);
        var layers = Enumerable.Range(0, config.Layers).SelectMany(index => LayerShapes(Layer(index), hidden, config.IntermediateSize));
        foreach (var (module, shape) in layers.Prepend((EmbeddingsNorm, [hidden])))
        {
            yield return (module.Weight, shape);
            yield return (module.Bias, [shape[0]]);
        }
    }

    /// <summary>The weights a checkpoint may have besides: pooler and training head, each complete or absent.</summary>
    internal static IEnumerable<(Affine Module, long[] Shape)> Optional(BertConfig config) =>
        [(Pooler, [config.HiddenSize, config.HiddenSize]), (ProjectionHead, [config.HiddenSize, config.HiddenSize])];

    private static IEnumerable<(Affine Module, long[] Shape)> LayerShapes(LayerNames layer, long hidden, long intermediate) =>
    [
        (layer.Query, [hidden, hidden]),
        (layer.Key, [hidden, hidden]),
        (layer.Value, [hidden, hidden]),
        (layer.AttentionOutput, [hidden, hidden]),
        (layer.AttentionNorm, [hidden]),
        (layer.Intermediate, [intermediate, hidden]),
        (layer.Output, [hidden, intermediate]),
        (layer.OutputNorm, [hidden]),
    ];

    /// <summary>A weight and its bias: a linear layer ([out, in] and [out]) or a LayerNorm ([hidden] twice).</summary>
    public readonly record struct Affine(string Module)
    {
        /// <summary>The name of the weight.</summary>
        public string Weight => Module + ".weight";

        /// <summary>The name of the bias.</summary>
        public string Bias => Module + ".bias";
    }

    /// <summary>The weights of one transformer layer.</summary>
    public readonly record struct LayerNames(string Module)
    {
        /// <summary>[hidden, hidden]</summary>
        public Affine Query => new(Module + ".attention.self.query");

        /// <summary>[hidden, hidden]</summary>
        public Affine Key => new(Module + ".attention.self.key");

        /// <summary>[hidden, hidden]</summary>
        public Affine Value => new(Module + ".attention.self.value");

        /// <summary>[hidden, hidden]</summary>
        public Affine AttentionOutput => new(Module + ".attention.output.dense");

        /// <summary>LayerNorm after attention.</summary>
        public Affine AttentionNorm => new(Module + ".attention.output.LayerNorm");

        /// <summary>[intermediate, hidden]</summary>
        public Affine Intermediate => new(Module + ".intermediate.dense");

        /// <summary>[hidden, intermediate]</summary>
        public Affine Output => new(Module + ".output.dense");

        /// <summary>LayerNorm after the feed-forward part.</summary>
        public Affine OutputNorm => new(Module + ".output.LayerNorm");
    }
}
