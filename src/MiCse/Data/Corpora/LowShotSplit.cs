namespace MiCse.Data.Corpora;

/// <summary>One file of <see cref="LowShotSplits"/>.</summary>
/// <param name="File">Its name in the folder, as in <c>wiki_subset_0064_seed48.txt</c>.</param>
/// <param name="Size">Texts in it, one a line.</param>
/// <param name="Seed">The seed it was drawn with.</param>
/// <param name="Sha256">SHA-256 of the file in lower-case hexadecimal.</param>
public sealed record LowShotSplit(string File, int Size, long Seed, string Sha256);
