using MiCse.Models;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>
/// A masked-language-model head: dense, activation and LayerNorm, then a score for every token of the vocabulary.
/// </summary>
internal sealed class MaskedLanguageModelHead : nn.Module
{
    /// <summary>Labels of tokens that are not to be predicted.</summary>
    public const long Ignored = -100;

    private readonly Activation _activation;
    private readonly Dense _transform;
    private readonly Norm _norm;
    private readonly Dense? _decoder;
    private readonly VocabularyBias? _bias;

    private readonly Precision _precision;

    // The table and not the encoder: a module in a field would be taken for a part of this one.
    private readonly Embeddings? _tied;

    static MaskedLanguageModelHead() => LibTorch.Load();

    /// <summary>A head with fresh weights.</summary>
    /// <param name="config">The encoder's configuration.</param>
    /// <param name="tiedTo">The encoder whose word embeddings serve as the decoder's weight; null for a weight of its own.</param>
    /// <param name="precision">In which numbers linear layers multiply.</param>
    public MaskedLanguageModelHead(EncoderShape config, EncoderModule? tiedTo, Precision precision = Precision.Float32)
        : base(nameof(MaskedLanguageModelHead))
    {
        ArgumentNullException.ThrowIfNull(config);
        _precision = precision;
        _tied = tiedTo?.Embeddings;
        _activation = config.Plan.Activation;
        var names = config.Family.NamesOf(config).MaskedLanguageModelHead;
        var size = config.Plan.EmbeddingSize ?? config.HiddenSize;
        _transform = new Dense(this, WeightNames.MaskedLanguageModelTransform, config.HiddenSize, size, config, precision, names?.TransformHasBias ?? true);
        _norm = new Norm(this, WeightNames.MaskedLanguageModelNorm, size, config, names?.NormHasBias ?? true);
        if (tiedTo is null)
        {
            _decoder = new Dense(this, WeightNames.MaskedLanguageModelDecoder, size, config.VocabularySize, config, precision);
        }
        else if (names?.DecoderHasBias ?? true)
        {
            _bias = new VocabularyBias(this, WeightNames.MaskedLanguageModelDecoder, config.VocabularySize);
        }
    }

    /// <summary>Scores of all tokens of the vocabulary. […, hidden] → […, vocabulary]</summary>
    public Tensor Forward(Tensor hiddenStates)
    {
        using var scope = NewDisposeScope();
        var transformed = _norm.Forward(_activation.Activate(_transform.Forward(hiddenStates)));
        var scores = _decoder?.Forward(transformed) ?? _precision.Linear(transformed, _tied!.Words, _bias?.Value); // […, vocabulary]
        return scores.MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy over the labelled tokens; 0 when there are none. Only those are scored.</summary>
    /// <param name="hiddenStates">[sequences, tokens, hidden]</param>
    /// <param name="labels">Token ids, or <see cref="Ignored"/>; int64 [sequences, tokens].</param>
    public Tensor Loss(Tensor hiddenStates, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var positions = labels.ne(Ignored).flatten().nonzero().squeeze(1); // [labelled]
        return (positions.numel() == 0 ? None(hiddenStates) : Loss(hiddenStates, positions, labels.flatten().index_select(0, positions))).MoveToOuterDisposeScope();
    }

    /// <summary>The same for labels in this process's memory, whose positions are found here: asking a GPU for them would wait for it.</summary>
    /// <param name="hiddenStates">[sequences, tokens, hidden]</param>
    /// <param name="labels">Token ids, or <see cref="Ignored"/>; [sequences, tokens], row-major.</param>
    /// <param name="context">Where the hidden states are.</param>
    public Tensor Loss(Tensor hiddenStates, long[] labels, TorchContext context)
    {
        using var scope = NewDisposeScope();
        long[] positions = [.. labels.Index().Where(label => label.Item != Ignored).Select(label => (long)label.Index)];
        var loss = positions.Length == 0
            ? None(hiddenStates)
            : Loss(hiddenStates, context.Upload(tensor(positions)), context.Upload(tensor(Array.ConvertAll(positions, position => labels[position]))));
        return loss.MoveToOuterDisposeScope();
    }

    private Tensor Loss(Tensor hiddenStates, Tensor positions, Tensor targets) =>
        nn.functional.cross_entropy(Forward(hiddenStates.flatten(0, 1).index_select(0, positions)), targets); // [labelled, hidden] → []

    private static Tensor None(Tensor hiddenStates) => zeros([], hiddenStates.dtype, hiddenStates.device);
}
