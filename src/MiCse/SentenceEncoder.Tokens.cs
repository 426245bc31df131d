using MiCse.Inference;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    /// <summary>The last hidden state of every token of a text, before any pooling.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed, perhaps while this call was running.</exception>
    public EncodedTokens EncodeTokens(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Run(new EncodingCall([text], Dimensions, null, cancellationToken) { WantsTokens = true, Model = _queue.Model }).Tokens!;
    }
}
