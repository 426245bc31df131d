namespace MiCse;

/// <summary>How far an encoding is.</summary>
/// <param name="TextsDone">Texts encoded so far.</param>
/// <param name="TextsTotal">Texts in all.</param>
/// <param name="TokensDone">Tokens encoded so far, padding not counted.</param>
public readonly record struct EncodeProgress(int TextsDone, int TextsTotal, long TokensDone);
