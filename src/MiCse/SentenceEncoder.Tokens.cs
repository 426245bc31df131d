using MiCse.Inference;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    /// <summary>The last hidden state of every token of a text, before any pooling.</summary>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public EncodedTokens EncodeTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokenized = Tokenizer.Tokenize(text, MaxTokens);
        return new EncodedTokens(tokenized.Ids, _encoder.EncodeTokens(tokenized.Ids), tokenized.Truncated);
    }
}
