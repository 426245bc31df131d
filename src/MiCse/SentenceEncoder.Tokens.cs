using MiCse.Inference;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    private readonly Lock _loadingTokenStates = new();
    private TokenStateEncoder? _tokenStates;
    private bool _disposed;

    /// <summary>
    /// The last hidden state of every token of a text, before any pooling. The first call loads the weights once more, for
    /// a graph that computes the last layer at every position; callers of <see cref="Encode(string)"/> do not pay for it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public EncodedTokens EncodeTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokenized = Tokenizer.Tokenize(text, MaxTokens);
        return new EncodedTokens(tokenized.Ids, TokenStates().Encode(tokenized.Ids), tokenized.Truncated);
    }

    private TokenStateEncoder TokenStates()
    {
        lock (_loadingTokenStates)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_tokenStates is null)
            {
                using var source = WeightSource.Open(Folder, Precision);
                _tokenStates = new TokenStateEncoder(source.Weights, source.Precision);
            }

            return _tokenStates;
        }
    }

    private void DisposeTokenStates()
    {
        lock (_loadingTokenStates)
        {
            if (!_disposed)
            {
                _disposed = true;
                _tokenStates?.Dispose();
            }
        }
    }
}
