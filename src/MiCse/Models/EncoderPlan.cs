namespace MiCse.Models;

/// <summary>
/// What an encoder computes, for those who compute it: the layers of this library, the graph of an export, the trainable module, and the tests' slow twin.
/// As it is initialised: h = LayerNorm(word + position + token type); in each layer h = LayerNorm(h + attention(h)), h = LayerNorm(h + feed-forward(h)),
/// biases everywhere (Vaswani et al. 2017; Devlin et al. 2019). Families say where they depart from that.
/// </summary>
internal sealed record EncoderPlan
{
    /// <summary>A table of vectors of the positions, which are added to the embeddings; null: none are.</summary>
    public LearnedPositions? Positions { get; init; } = new();

    /// <summary>Positions that turn queries and keys; null: they are not turned.</summary>
    public RotaryPositions? Rotary { get; init; }

    /// <summary>What the distance of query and key adds to an attention score; null: nothing.</summary>
    public RelativeBias? RelativeBias { get; init; }

    /// <summary>Whether token types are added to the embeddings.</summary>
    public TokenTypes TokenTypes { get; init; } = TokenTypes.Given;

    /// <summary>
    /// Dimensions of the embeddings and their LayerNorm, which a linear layer with bias projects to the hidden size (factorized embeddings); null: they have
    /// the hidden size, and there is no such layer.
    /// </summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>Which linear layers have biases.</summary>
    public Biases Biases { get; init; } = Biases.All;

    /// <summary>Whether the LayerNorms of a layer stand after the sums, or before attention and feed-forward part.</summary>
    public NormPlacement Norm { get; init; } = NormPlacement.After;

    /// <summary>Whether the first layer has a LayerNorm before its attention, where they stand before.</summary>
    public bool NormsFirstInput { get; init; } = true;

    /// <summary>Whether LayerNorms have biases.</summary>
    public bool NormBiases { get; init; } = true;

    /// <summary>Whether a LayerNorm follows the last layer.</summary>
    public bool FinalNorm { get; init; }

    /// <summary>The activation in the feed-forward part.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>At which rate training drops what attention puts out.</summary>
    public DropoutRate AttentionOutputDropout { get; init; } = DropoutRate.Hidden;

    /// <summary>Where training drops numbers of the feed-forward part, at the rate of hidden states.</summary>
    public FeedForwardDropout FeedForwardDropout { get; init; } = FeedForwardDropout.Output;

    /// <summary>Whether the feed-forward part is output(activation(intermediate(h)) · gate(h)); the gate has no activation.</summary>
    public bool Gated { get; init; }

    /// <summary>How far from a token the keys are that it attends to, to each side, by layer; null: as far as the text goes.</summary>
    public Func<int, int?>? Window { get; init; }

    /// <summary>Which layer's weights a layer computes with; null: its own.</summary>
    public Func<int, int>? SharedWeights { get; init; }

    /// <summary>Whether a layer has the LayerNorm of its attention.</summary>
    /// <param name="layer">0-based.</param>
    public bool NormsInput(int layer) => Norm == NormPlacement.After || layer > 0 || NormsFirstInput;

    /// <summary>The layer whose weights a layer computes with.</summary>
    public int WeightsOf(int layer) => SharedWeights?.Invoke(layer) ?? layer;
}

/// <summary>Rows of a table that stand for the positions of a text.</summary>
/// <param name="PaddingId">
/// Null: positions are counted 0, 1, 2, … With an id: this row for tokens with this id, and from the row after it on a count of the others.
/// </param>
internal sealed record LearnedPositions(int? PaddingId = null)
{
    /// <summary>The row of the first token of a text.</summary>
    public int FirstRow => PaddingId + 1 ?? 0;
}


/// <summary>Token types in an embedding.</summary>
internal enum TokenTypes
{
    /// <summary>There is no table of them.</summary>
    None,

    /// <summary>There is a table, but tokenizers give no types: all are 0.</summary>
    Zero,

    /// <summary>Tokenizers give them.</summary>
    Given,
}

/// <summary>Linear layers that have biases.</summary>
[Flags]
internal enum Biases
{
    None = 0,

    /// <summary>Queries, keys, values and what attention puts out.</summary>
    Attention = 1,

    /// <summary>The first layer of the feed-forward part and its gate.</summary>
    Intermediate = 2,

    /// <summary>The last layer of the feed-forward part.</summary>
    Output = 4,
    FeedForward = Intermediate | Output,
    All = Attention | FeedForward,
}

/// <summary>Rates of dropout.</summary>
internal enum DropoutRate
{
    /// <summary>Nothing is dropped.</summary>
    None,

    /// <summary><see cref="EncoderShape.HiddenDropout"/></summary>
    Hidden,

    /// <summary><see cref="EncoderShape.AttentionDropout"/></summary>
    Attention,
}

/// <summary>Places of dropout in the feed-forward part.</summary>
internal enum FeedForwardDropout
{
    /// <summary>Nothing is dropped.</summary>
    None,

    /// <summary>The wide vectors before the last linear layer.</summary>
    Inner,

    /// <summary>What the last linear layer puts out.</summary>
    Output,
}

/// <summary>Where LayerNorms stand.</summary>
internal enum NormPlacement
{
    /// <summary>h = LayerNorm(h + f(h))</summary>
    After,

    /// <summary>h = h + f(LayerNorm(h))</summary>
    Before,
}
