namespace MiCse.Inference;

/// <summary>
/// Groups texts into batches. Texts of any lengths lie one after the other in a batch, so nothing is padded, and a text's embedding is the same to the last
/// bit in any of them.
/// </summary>
internal static class BatchPlanner
{
    /// <summary>Smaller batches would read the weights too often for what they compute.</summary>
    private const int LeastTokens = 64;

    /// <summary>
    /// Batches as lists of indices, longest texts first, equal ones in their order. They get smaller towards the end, so that threads finish at about
    /// the same time. The plan depends on the arguments alone.
    /// </summary>
    /// <param name="lengths">Tokens of each text.</param>
    /// <param name="tokenBudget">Largest number of tokens in a batch; a longer text gets a batch of its own.</param>
    /// <param name="threads">How many take batches.</param>
    public static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int tokenBudget, int threads)
    {
        var batches = new List<int[]>();
        var batch = new List<int>();
        var left = lengths.Sum();
        var room = 0;
        foreach (var index in Enumerable.Range(0, lengths.Count).OrderByDescending(index => lengths[index]))
        {
            if (lengths[index] > room)
            {
                Close();
                room = Math.Min(tokenBudget, Math.Max(LeastTokens, left / (2 * threads)));
            }

            batch.Add(index);
            room -= lengths[index];
            left -= lengths[index];
        }

        Close();
        return batches;

        void Close()
        {
            if (batch.Count > 0)
            {
                batches.Add([.. batch]);
                batch.Clear();
            }
        }
    }
}
