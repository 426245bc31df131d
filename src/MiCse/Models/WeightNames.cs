namespace MiCse.Models;

/// <summary>
/// The weights of an encoder under their canonical names, which are those of Hugging Face's <c>BertModel</c> without prefix. A <see cref="WeightMap"/> says
/// how the files of a family spell them.
/// </summary>
internal static class WeightNames
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

    /// <summary>The masked-language-model head of <c>BertForCL</c>, first layer: [hidden, hidden]; optional.</summary>
    public static Affine MaskedLanguageModelTransform { get; } = new("lm_head.transform.dense");

    /// <summary>LayerNorm of the masked-language-model head; optional.</summary>
    public static Affine MaskedLanguageModelNorm { get; } = new("lm_head.transform.LayerNorm");

    /// <summary>Last layer of the masked-language-model head: [vocabulary, hidden]; optional.</summary>
    public static Affine MaskedLanguageModelDecoder { get; } = new("lm_head.decoder");

    /// <summary>The names of one layer.</summary>
    /// <param name="index">0-based.</param>
    public static LayerNames Layer(int index) => new(Layers + index);

    /// <summary>The LayerNorm that the last hidden state comes out of.</summary>
    internal static Affine LastNorm(EncoderShape config) => config.Layers == 0 ? EmbeddingsNorm : Layer(config.Layers - 1).OutputNorm;

    /// <summary>Whether it is the matrix with which a layer adds to the hidden state it was given, by attention or by its feed-forward part.</summary>
    internal static bool IsOutputOfLayer(string name) => name.EndsWith(".output.dense.weight", StringComparison.Ordinal);

    /// <summary>Elements of all weights that an encoder of this configuration must have.</summary>
    internal static long CountParameters(EncoderShape config) =>
        Required(config).Sum(weight => weight.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Every weight an encoder of this shape must have, with the sizes of its dimensions, in reading order; pooler and head are optional.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Required(EncoderShape encoder)
    {
        var plan = encoder.Plan;
        long hidden = encoder.HiddenSize;
        yield return (WordEmbeddings, [encoder.VocabularySize, hidden]);
        yield return (PositionEmbeddings, [encoder.MaxPositions, hidden]);
        if (plan.TokenTypes != TokenTypes.None)
        {
            yield return (TokenTypeEmbeddings, [encoder.TypeVocabularySize, hidden]);
        }

        var layers = Enumerable.Range(0, encoder.Layers).SelectMany(index => LayerShapes(Layer(index), hidden, encoder.IntermediateSize, plan.Biases));
        foreach (var (module, shape, hasBias) in layers.Prepend((EmbeddingsNorm, [hidden], true)))
        {
            yield return (module.Weight, shape);
            if (hasBias)
            {
                yield return (module.Bias, [shape[0]]);
            }
        }
    }

    /// <summary>The weights a checkpoint may have besides: pooler and training head, each complete or absent.</summary>
    internal static IEnumerable<(Affine Module, long[] Shape)> Optional(EncoderShape encoder) =>
        [(Pooler, [encoder.HiddenSize, encoder.HiddenSize]), (ProjectionHead, [encoder.HiddenSize, encoder.HiddenSize])];

    private static IEnumerable<(Affine Module, long[] Shape, bool HasBias)> LayerShapes(LayerNames layer, long hidden, long intermediate, Biases biases)
    {
        var (attention, feedForward) = (biases.HasFlag(Biases.Attention), biases.HasFlag(Biases.FeedForward));
        return
        [
            (layer.Query, [hidden, hidden], attention),
            (layer.Key, [hidden, hidden], attention),
            (layer.Value, [hidden, hidden], attention),
            (layer.AttentionOutput, [hidden, hidden], attention),
            (layer.AttentionNorm, [hidden], true),
            (layer.Intermediate, [intermediate, hidden], feedForward),
            (layer.Output, [hidden, intermediate], feedForward),
            (layer.OutputNorm, [hidden], true),
        ];
    }

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
