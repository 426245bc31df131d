using MiCse.Inference;
using MiCse.Inference.Layers;

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
        return Run(TokenCall(text, cancellationToken)).Tokens!;
    }

    /// <summary>The last hidden state of every token of a text, before any pooling; no thread waits for it.</summary>
    /// <inheritdoc cref="EncodeTokens"/>
    public async Task<EncodedTokens> EncodeTokensAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await RunAsync(TokenCall(text, cancellationToken)).ConfigureAwait(false)).Tokens!;
    }

    /// <summary>The same, and the attention maps on the way, where the engine shows them.</summary>
    internal EncodedTokens EncodeTokensWithMaps(string text, AttentionMaps maps, CancellationToken cancellationToken) => Run(TokenCall(text, cancellationToken, maps)).Tokens!;

    private EncodingCall TokenCall(string text, CancellationToken cancellationToken, AttentionMaps? maps = null) =>
        new([text], Dimensions, null, cancellationToken) { WantsTokens = true, Maps = maps, Model = _queue.Model };
}
