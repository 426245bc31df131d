namespace MiCse.Models;

/// <summary>
/// The weights of an encoder under their canonical names, which are those of Hugging Face's <c>BertModel</c> without prefix. A <see cref="WeightMap"/> says
/// how the files of a family spell them.
/// </summary>
internal static class WeightNames
{
    /// <summary>[vocabulary, embedding]; the embedding size is the hidden size where embeddings are not factorized.</summary>
    public const string WordEmbeddings = "embeddings.word_embeddings.weight";

    /// <summary>[positions, embedding]</summary>
    public const string PositionEmbeddings = "embeddings.position_embeddings.weight";

    /// <summary>[types, embedding]</summary>
    public const string TokenTypeEmbeddings = "embeddings.token_type_embeddings.weight";

    /// <summary>What distances add to attention scores, for all layers: [rows, heads]</summary>
    public const string RelativeBias = "encoder.relative_attention_bias.weight";

    /// <summary>LayerNorm after the sum of the embeddings.</summary>
    public static Affine EmbeddingsNorm { get; } = new("embeddings.LayerNorm");

    /// <summary>From factorized embeddings to hidden states, after their LayerNorm: [hidden, embedding]</summary>
    public static Affine EmbeddingProjection { get; } = new("embeddings.projection");

    /// <summary>LayerNorm after the last layer.</summary>
    public static Affine FinalNorm { get; } = new("encoder.LayerNorm");

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
    internal static Affine LastNorm(EncoderShape config) => config.Plan.FinalNorm ? FinalNorm : config.Layers == 0 ? EmbeddingsNorm : Layer(config.Layers - 1).OutputNorm;

    /// <summary>Whether it is a table that is read, not multiplied, and so small that it is never quantized.</summary>
    internal static bool IsSmallTable(string name) => name is PositionEmbeddings or TokenTypeEmbeddings or RelativeBias;

    /// <summary>The matrices that are multiplied with the same vectors as a matrix, itself among them.</summary>
    internal static IReadOnlyList<string> SharingInput(string weight, EncoderShape encoder)
    {
        foreach (var names in LayersWithWeights(encoder).Select(Layer))
        {
            string[] attention = [names.Query.Weight, names.Key.Weight, names.Value.Weight];
            string[] inner = encoder.Plan.Gated ? [names.Intermediate.Weight, names.Gate.Weight] : [names.Intermediate.Weight];
            if (new[] { attention, inner }.FirstOrDefault(group => group.Contains(weight)) is { } found)
            {
                return found;
            }
        }

        return [weight];
    }

    /// <summary>The layers that have weights of their own, ascending.</summary>
    internal static IEnumerable<int> LayersWithWeights(EncoderShape encoder)
    {
        var layers = Enumerable.Range(0, encoder.Layers);
        return encoder.Plan.SharedWeights is { } shared ? layers.Select(shared).Distinct().Order() : layers;
    }

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
        long embedding = plan.EmbeddingSize ?? hidden;
        yield return (WordEmbeddings, [encoder.VocabularySize, embedding]);
        if (plan.Positions is not null)
        {
            yield return (PositionEmbeddings, [encoder.MaxPositions, embedding]);
        }

        if (plan.TokenTypes != TokenTypes.None)
        {
            yield return (TokenTypeEmbeddings, [encoder.TypeVocabularySize, embedding]);
        }

        if (plan.RelativeBias is { } bias)
        {
            yield return (RelativeBias, [bias.TableRows, encoder.Heads]);
        }

        IEnumerable<(Affine Module, long[] Shape, bool HasBias)> projection =
            plan.EmbeddingSize is null ? [] : [(EmbeddingProjection, [hidden, embedding], true)];
        IEnumerable<(Affine Module, long[] Shape, bool HasBias)> last = plan.FinalNorm ? [(FinalNorm, [hidden], plan.NormBiases)] : [];
        var layers = LayersWithWeights(encoder).SelectMany(index => LayerShapes(index, encoder, plan));
        foreach (var (module, shape, hasBias) in projection.Prepend((EmbeddingsNorm, [embedding], plan.NormBiases)).Concat(layers).Concat(last))
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

    private static IEnumerable<(Affine Module, long[] Shape, bool HasBias)> LayerShapes(int index, EncoderShape encoder, EncoderPlan plan)
    {
        var layer = Layer(index);
        var (hidden, intermediate) = ((long)encoder.HiddenSize, (long)encoder.IntermediateSize);
        var (attention, inner) = (plan.Biases.HasFlag(Biases.Attention), plan.Biases.HasFlag(Biases.Intermediate));
        IEnumerable<(Affine, long[], bool)> norm = plan.NormsInput(index) ? [(layer.AttentionNorm, [hidden], plan.NormBiases)] : [];
        IEnumerable<(Affine, long[], bool)> gate = plan.Gated ? [(layer.Gate, [intermediate, hidden], inner)] : [];
        return
        [
            (layer.Query, [hidden, hidden], attention),
            (layer.Key, [hidden, hidden], attention),
            (layer.Value, [hidden, hidden], attention),
            (layer.AttentionOutput, [hidden, hidden], attention),
            .. norm,
            (layer.Intermediate, [intermediate, hidden], inner),
            .. gate,
            (layer.Output, [hidden, intermediate], plan.Biases.HasFlag(Biases.Output)),
            (layer.OutputNorm, [hidden], plan.NormBiases),
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

        /// <summary>LayerNorm of attention: after its sum, or before it.</summary>
        public Affine AttentionNorm => new(Module + ".attention.output.LayerNorm");

        /// <summary>[intermediate, hidden]</summary>
        public Affine Intermediate => new(Module + ".intermediate.dense");

        /// <summary>The gate of the feed-forward part, where it has one: [intermediate, hidden]</summary>
        public Affine Gate => new(Module + ".gate.dense");

        /// <summary>[hidden, intermediate]</summary>
        public Affine Output => new(Module + ".output.dense");

        /// <summary>LayerNorm of the feed-forward part: after its sum, or before it.</summary>
        public Affine OutputNorm => new(Module + ".output.LayerNorm");
    }
}
