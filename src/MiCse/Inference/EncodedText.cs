namespace MiCse.Inference;

/// <summary>One text of a stream with its embedding.</summary>
/// <param name="Text">The text.</param>
/// <param name="Embedding">Its embedding; the caller's own.</param>
/// <param name="TokenCount">Tokens as encoded, special tokens included.</param>
/// <param name="Truncated">Whether the text was cut to the model's length.</param>
public sealed record EncodedText(string Text, float[] Embedding, int TokenCount, bool Truncated);
