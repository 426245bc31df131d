namespace MiCse.Data.Corpora;

/// <summary>What <see cref="LowShotSplits"/> read and wrote.</summary>
/// <param name="Texts">Texts that were drawn from.</param>
/// <param name="Skipped">Texts that were empty or white space alone, which are no texts to train on.</param>
/// <param name="Splits">The files: by size, then by seed.</param>
public sealed record LowShotResult(long Texts, long Skipped, IReadOnlyList<LowShotSplit> Splits);
