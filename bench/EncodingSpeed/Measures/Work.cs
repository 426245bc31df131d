namespace MiCse.EncodingSpeed.Measures;

/// <summary>What is to be encoded.</summary>
/// <param name="Texts">Texts.</param>
/// <param name="Tokens">Their tokens, special tokens included.</param>
/// <param name="Operations">Multiplications and additions that this project's graph needs for them, padding not counted.</param>
internal sealed record Work(int Texts, long Tokens, double Operations);
