namespace MiCse.Explanation;

/// <summary>A word by its place in a text.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last one.</param>
internal readonly record struct WordSpan(int Start, int End);
