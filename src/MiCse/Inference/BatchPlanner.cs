namespace MiCse.Inference;

/// <summary>
/// Groups texts of one length into batches: nothing is computed for padding, and a text's embedding is the same to the last bit in any of
/// them. Batches that are not full cost less than the padding that would fill them.
/// </summary>
internal static class BatchPlanner
{
    /// <summary>
    /// Batches as lists of indices, longest texts first, equal ones in their order. The plan depends on the arguments alone.
    /// </summary>
    /// <param name="lengths">Tokens of each text.</param>
    /// <param name="tokenBudget">Largest number of tokens in a batch; a longer text gets a batch of its own.</param>
    public static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int tokenBudget) =>
    [
        // Longest first: the last batches to finish are small, and memory is at its peak at the start.
        .. Enumerable.Range(0, lengths.Count)
            .GroupBy(index => lengths[index])
            .OrderByDescending(group => group.Key)
            .SelectMany(group => group.Chunk(Math.Max(1, tokenBudget / Math.Max(1, group.Key)))),
    ];
}
