namespace MiCse.Cli.Progress;

/// <summary>How far long work is.</summary>
/// <param name="Done">Units finished.</param>
/// <param name="Total">Units in all; null when nobody knows, as for standard input.</param>
/// <param name="Note">Something that changes and is worth watching: a loss, the best score.</param>
internal readonly record struct WorkProgress(double Done, double? Total = null, string? Note = null);
