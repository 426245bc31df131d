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
    internal static IReadOnlyList<int> LayersWithWeights(EncoderShape encoder)
    {
        var layers = new List<int>();
        var shared = encoder.Plan.SharedWeights;
        for (var layer = 0; layer < encoder.Layers; layer++)
        {
            var own = shared?.Invoke(layer) ?? layer;
            if (shared is null || !layers.Contains(own))
            {
                layers.Add(own);
            }
        }

        layers.Sort();
        return layers;
    }

    /// <summary>Whether it is the matrix with which a layer adds to the hidden state it was given, by attention or by its feed-forward part.</summary>
    internal static bool IsOutputOfLayer(string name) => name.EndsWith(".output.dense.weight", StringComparison.Ordinal);

    /// <summary>Elements of all weights that an encoder of this configuration must have.</summary>
    internal static long CountParameters(EncoderShape config) =>
        Required(config).Sum(weight => weight.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Every weight an encoder of this shape must have, with the sizes of its dimensions, in reading order; pooler and head are optional.</summary>
    internal static IEnumerable<Shaped> Required(EncoderShape encoder)
    {
        var plan = encoder.Plan;
        long hidden = encoder.HiddenSize;
        long embedding = plan.EmbeddingSize ?? hidden;
        yield return new(WordEmbeddings, [encoder.VocabularySize, embedding]);
        if (plan.Positions is not null)
        {
            yield return new(PositionEmbeddings, [encoder.MaxPositions, embedding]);
        }

        if (plan.TokenTypes != TokenTypes.None)
        {
            yield return new(TokenTypeEmbeddings, [encoder.TypeVocabularySize, embedding]);
        }

        if (plan.RelativeBias is { } bias)
        {
            yield return new(RelativeBias, [bias.TableRows, encoder.Heads]);
        }

        List<ShapedModule> modules = [new(EmbeddingsNorm, [embedding], plan.NormBiases)];
        if (plan.EmbeddingSize is not null)
        {
            modules.Add(new(EmbeddingProjection, [hidden, embedding], true));
        }

        foreach (var index in LayersWithWeights(encoder))
        {
            modules.AddRange(LayerShapes(index, encoder, plan));
        }

        if (plan.FinalNorm)
        {
            modules.Add(new(FinalNorm, [hidden], plan.NormBiases));
        }

        foreach (var (module, shape, hasBias) in modules)
        {
            yield return new(module.Weight, shape);
            if (hasBias)
            {
                yield return new(module.Bias, [shape[0]]);
            }
        }
    }

    /// <summary>The weights a checkpoint may have besides: pooler and training head, each complete or absent.</summary>
    internal static IEnumerable<ShapedModule> Optional(EncoderShape encoder) =>
        [new(Pooler, [encoder.HiddenSize, encoder.HiddenSize], true), new(ProjectionHead, [encoder.HiddenSize, encoder.HiddenSize], true)];

    private static IEnumerable<ShapedModule> LayerShapes(int index, EncoderShape encoder, EncoderPlan plan)
    {
        var layer = Layer(index);
        var (hidden, intermediate) = ((long)encoder.HiddenSize, (long)encoder.IntermediateSize);
        var (attention, inner) = (plan.Biases.HasFlag(Biases.Attention), plan.Biases.HasFlag(Biases.Intermediate));
        ShapedModule[] norm = plan.NormsInput(index) ? [new(layer.AttentionNorm, [hidden], plan.NormBiases)] : [];
        ShapedModule[] gate = plan.Gated ? [new(layer.Gate, [intermediate, hidden], inner)] : [];
        return
        [
            new(layer.Query, [hidden, hidden], attention),
            new(layer.Key, [hidden, hidden], attention),
            new(layer.Value, [hidden, hidden], attention),
            new(layer.AttentionOutput, [hidden, hidden], attention),
            .. norm,
            new(layer.Intermediate, [intermediate, hidden], inner),
            .. gate,
            new(layer.Output, [hidden, intermediate], plan.Biases.HasFlag(Biases.Output)),
            new(layer.OutputNorm, [hidden], plan.NormBiases),
        ];
    }

    /// <summary>A weight with the sizes of its dimensions.</summary>
    public sealed record Shaped(string Name, long[] Shape);

    /// <summary>A module with the sizes of its weight's dimensions.</summary>
    public sealed record ShapedModule(Affine Module, long[] Shape, bool HasBias);

    /// <summary>A weight and its bias: a linear layer ([out, in] and [out]) or a LayerNorm ([hidden] twice).</summary>
    public sealed record Affine(string Module)
    {
        /// <summary>The name of the weight.</summary>
        public string Weight => Module + ".weight";

        /// <summary>The name of the bias.</summary>
        public string Bias => Module + ".bias";
    }

    /// <summary>The weights of one transformer layer.</summary>
    public sealed record LayerNames(string Module)
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
