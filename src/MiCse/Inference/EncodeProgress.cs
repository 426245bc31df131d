namespace MiCse.Inference;

/// <summary>How far an encoding is, and what it took.</summary>
/// <param name="TextsDone">Texts encoded so far.</param>
/// <param name="TextsTotal">Texts in all; null for a stream.</param>
/// <param name="TokensDone">Tokens of those texts, special tokens included.</param>
/// <param name="TokensComputed">Positions that went through the model so far: less than <paramref name="TokensDone"/> where texts repeat. Nothing is padded.</param>
public readonly record struct EncodeProgress(long TextsDone, long? TextsTotal, long TokensDone, long TokensComputed);
