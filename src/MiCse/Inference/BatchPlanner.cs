namespace MiCse.Inference;

/// <summary>Groups texts of like length into batches, so that little is computed for padding.</summary>
internal static class BatchPlanner
{
    /// <summary>
    /// Batches as lists of indices, longest texts first. The plan depends on the lengths alone.
    /// </summary>
    /// <param name="lengths">Tokens of each text.</param>
    /// <param name="tokenBudget">Largest number of texts × longest text of a batch; a longer text gets a batch of its own.</param>
    public static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int tokenBudget)
    {
        // Longest first: the last batches to finish are small, and memory is at its peak at the start.
        var order = Enumerable.Range(0, lengths.Count).OrderByDescending(index => lengths[index]).ToArray();
        var batches = new List<int[]>();
        for (var start = 0; start < order.Length;)
        {
            var size = Math.Clamp(tokenBudget / Math.Max(1, lengths[order[start]]), 1, order.Length - start);
            batches.Add(order[start..(start + size)]);
            start += size;
        }

        return batches;
    }
}
