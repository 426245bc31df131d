namespace MiCse.Training.Batches;

/// <summary>A slice of a batch: neighbours, nearly the same number in each slice.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="Count">How many there are; 0 where a batch has fewer than slices.</param>
internal readonly record struct SliceRange(int Start, int Count)
{
    /// <summary>One slice of a batch.</summary>
    /// <param name="items">The batch's size.</param>
    /// <param name="slices">The slices it is cut into.</param>
    /// <param name="slice">Which of them, 0-based.</param>
    public static SliceRange Of(int items, int slices, int slice)
    {
        var start = (int)((long)items * slice / slices);
        return new SliceRange(start, (int)((long)items * (slice + 1) / slices) - start);
    }

    /// <summary>All slices of a batch.</summary>
    public static IReadOnlyList<SliceRange> All(int items, int slices) => [.. Enumerable.Range(0, slices).Select(slice => Of(items, slices, slice))];
}
