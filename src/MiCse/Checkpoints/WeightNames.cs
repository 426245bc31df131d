namespace MiCse.Checkpoints;

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

    /// <summary>The names of one layer.</summary>
    /// <param name="index">0-based.</param>
    public static LayerNames Layer(int index) => new($"encoder.layer.{index}");

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
