using MiCse.Inference.Layers;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Inference;

/// <summary>
/// Computes token ids → embeddings. Thread-safe. <see cref="EncoderQueue"/> decides what is computed when; it makes no more calls at a time than there are
/// <see cref="Workers"/>, and disposes the engine when the last one has returned.
/// </summary>
internal interface IEncoderEngine : IDisposable
{
    /// <summary>Its name, such as "cpu".</summary>
    string Name { get; }

    /// <summary>What computes instead of this library, and so rounds otherwise; null for this library's own code.</summary>
    string? Backend => null;

    /// <summary>Length of an embedding.</summary>
    int Dimensions { get; }

    /// <summary>How many batches are computed at a time; on a CPU the number of threads.</summary>
    int Workers { get; }

    /// <summary>How large a batch should be.</summary>
    BatchSize BatchSize { get; }

    /// <summary>Computes a batch. A text's embedding depends on that text alone, to the last bit; with a <see cref="Backend"/> within rounding.</summary>
    /// <param name="texts">Ids that the model has, no more than it takes; an encoder's tokenizer gives at least one.</param>
    /// <param name="workers">How many of <see cref="Workers"/> it may use: one, or all of them when no other call is running.</param>
    /// <param name="cancellationToken">Stops within the batch.</param>
    /// <returns>[texts, dimensions]</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken);

    /// <summary>The same for a batch that can wait.</summary>
    /// <param name="texts">Ids that the model has, no more than it takes; none empty.</param>
    /// <param name="workers">How many of <see cref="Workers"/> it may use.</param>
    /// <param name="pause">Called now and then on a thread that computes the batch, which may compute another one meanwhile; an engine need not.</param>
    /// <param name="cancellationToken">Stops within the batch.</param>
    /// <returns>[texts, dimensions]</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, Action pause, CancellationToken cancellationToken) =>
        EncodeAsync(texts, workers, cancellationToken);

    /// <summary>Computes the last hidden state of every token of a text.</summary>
    /// <param name="ids">Ids that the model has, no more than it takes; at least one.</param>
    /// <param name="workers">How many of <see cref="Workers"/> it may use.</param>
    /// <param name="cancellationToken">Stops within the text.</param>
    /// <returns>[tokens, hidden]</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken);

    /// <summary>The same, and the attention maps on the way; an engine need not show them.</summary>
    /// <param name="ids">Ids that the model has, no more than it takes; at least one.</param>
    /// <param name="maps">Receives them.</param>
    /// <param name="workers">How many of <see cref="Workers"/> it may use.</param>
    /// <param name="cancellationToken">Stops within the text.</param>
    /// <returns>[tokens, hidden]</returns>
    ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, AttentionMaps maps, int workers, CancellationToken cancellationToken) =>
        EncodeTokensAsync(ids, workers, cancellationToken);
}
