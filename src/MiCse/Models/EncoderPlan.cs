namespace MiCse.Models;

/// <summary>
/// What an encoder computes, for those who compute it: the layers of this library, the graph of an export, the trainable module, and the tests' slow twin.
/// As it is initialised: h = LayerNorm(word + position + token type); in each layer h = LayerNorm(h + attention(h)), h = LayerNorm(h + feed-forward(h)),
/// biases everywhere (Vaswani et al. 2017; Devlin et al. 2019). Families say where they depart from that; departures that are not implemented yet are refused.
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

    /// <summary>Dimensions of the embeddings, which a linear layer projects to the hidden size (factorized embeddings); null: they have the hidden size.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>Which linear layers have biases.</summary>
    public Biases Biases { get; init; } = Biases.All;

    /// <summary>Whether LayerNorms stand after the sums, or before attention and feed-forward part.</summary>
    public NormPlacement Norm { get; init; } = NormPlacement.After;

    /// <summary>Whether the first layer has a LayerNorm before its attention, where they stand before.</summary>
    public bool NormsFirstInput { get; init; } = true;

    /// <summary>Whether LayerNorms have biases.</summary>
    public bool NormBiases { get; init; } = true;

    /// <summary>Whether a LayerNorm follows the last layer.</summary>
    public bool FinalNorm { get; init; }

    /// <summary>The activation in the feed-forward part.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Whether the feed-forward part is output(activation(intermediate(h)) · gate(h)).</summary>
    public bool Gated { get; init; }

    /// <summary>How far from a token the keys are that it attends to, to each side, by layer; null: as far as the text goes.</summary>
    public Func<int, int?>? Window { get; init; }

    /// <summary>Which layer's weights a layer computes with; null: its own.</summary>
    public Func<int, int>? SharedWeights { get; init; }

    /// <summary>What of the plan nothing computes yet, a clause each; empty when all is implemented.</summary>
    public IReadOnlyList<string> NotImplemented =>
    [
        .. new (bool Wanted, string Feature)[]
        {
            (Positions is null, "an embedding without learned positions is"),
            (Rotary is not null, "rotary positions are"),
            (RelativeBias is not null, "a relative attention bias is"),
            (EmbeddingSize is not null, "factorized embeddings are"),
            (Norm == NormPlacement.Before, "normalization before attention is"),
            (!NormBiases, "a LayerNorm without bias is"),
            (FinalNorm, "a LayerNorm after the last layer is"),
            (Activation != Activation.Gelu, $"the activation {Activation} is"),
            (Gated, "a gated feed-forward part is"),
            (Window is not null, "an attention window is"),
            (SharedWeights is not null, "weights that layers share are"),
        }.Where(part => part.Wanted).Select(part => part.Feature + " not implemented"),
    ];
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

/// <summary>Dimensions c and c + d/2 of a head of d dimensions are turned by the angle position · base^(-2c/d) (Su et al. 2021).</summary>
/// <param name="Base">The base, by layer.</param>
internal sealed record RotaryPositions(Func<int, double> Base);

/// <summary>A learned number per head for each bucket of distances (Raffel et al. 2020), one table for all layers.</summary>
/// <param name="Buckets">How many, for both directions together.</param>
/// <param name="MaxDistance">From which distance on there is one bucket.</param>
internal sealed record RelativeBias(int Buckets, int MaxDistance);

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
    Attention = 1,
    FeedForward = 2,
    All = Attention | FeedForward,
}

/// <summary>Where LayerNorms stand.</summary>
internal enum NormPlacement
{
    /// <summary>h = LayerNorm(h + f(h))</summary>
    After,

    /// <summary>h = h + f(LayerNorm(h))</summary>
    Before,
}

/// <summary>Activations.</summary>
internal enum Activation
{
    /// <summary>x · Φ(x), by the error function.</summary>
    Gelu,

    /// <summary>x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))</summary>
    GeluTanh,

    /// <summary>x · sigmoid(x)</summary>
    Silu,

    /// <summary>max(x, 0)</summary>
    Relu,
}
