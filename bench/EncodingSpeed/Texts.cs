namespace MiCse.EncodingSpeed;

/// <summary>
/// The texts of all contestants: sentences sorted by length and dealt in runs of a batch's size, so that the batches of every part are some of those
/// that all sentences together would make, with as little padding.
/// </summary>
internal static class Texts
{
    /// <summary>The one text of somebody who waits.</summary>
    public const string Single = "A man is playing a guitar.";

    /// <summary>Texts in a batch of those who take a fixed number.</summary>
    public const int PerBatch = 32;

    /// <summary>One part of sorted texts.</summary>
    public static string[] Part(IEnumerable<string> sorted, int part, int parts) =>
        [.. sorted.Chunk(PerBatch).Where((_, index) => index % parts == part).SelectMany(texts => texts)];
}
