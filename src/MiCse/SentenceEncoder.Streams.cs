using System.Runtime.CompilerServices;
using MiCse.Inference;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    /// <summary>
    /// The embeddings of any number of texts, in their order, while they are read: memory does not grow with their number. Identical
    /// texts that come within a thousand or so are encoded once.
    /// </summary>
    /// <param name="texts">
    /// Any strings, none null; read about 3,000 texts ahead of the enumeration, by one thread at a time, but not always the same.
    /// </param>
    /// <param name="progress">Receives the progress after every batch, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="ArgumentException">A text is null; thrown by the enumeration.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; thrown by the enumeration.</exception>
    public IEnumerable<EncodedText> EncodeStream(
        IEnumerable<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EncodeStreamAsync(texts.ToAsyncEnumerable(), progress, cancellationToken).ToBlockingEnumerable(cancellationToken);
    }

    /// <summary>
    /// The embeddings of texts as they come, in their order: what has come is encoded without waiting for more, and memory does not grow with
    /// the number of texts. Identical texts that come within a thousand or so are encoded once.
    /// </summary>
    /// <param name="texts">Any strings, none null; read about 3,000 texts ahead of the enumeration.</param>
    /// <param name="progress">Receives the progress after every batch, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="ArgumentException">A text is null; thrown by the enumeration.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; thrown by the enumeration.</exception>
    public async IAsyncEnumerable<EncodedText> EncodeStreamAsync(
        IAsyncEnumerable<string> texts,
        IProgress<EncodeProgress>? progress = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var stream = new TextStream(_queue, new EncodeTally(progress, total: null));
        await foreach (var text in stream.EncodeAsync(texts, cancellationToken).ConfigureAwait(false))
        {
            yield return text;
        }
    }
}
