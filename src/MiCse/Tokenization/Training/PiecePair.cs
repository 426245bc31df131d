namespace MiCse.Tokenization.Training;

/// <summary>Two pieces beside each other in a word, by their ids.</summary>
internal readonly record struct PiecePair(int Left, int Right);
