namespace MiCse.Inference;

/// <summary>How many tokens are computed at once. All that decides about the size of a batch is here.</summary>
/// <param name="Least">Smaller batches would read the weights too often for what they compute.</param>
/// <param name="Most">Enough for full speed, few enough to stop and report often. A longer text is a batch of its own.</param>
internal readonly record struct BatchSize(int Least, int Most)
{
    /// <summary>The number of tokens that the next batch has room for.</summary>
    /// <param name="waiting">Tokens that are ready to be computed.</param>
    /// <param name="more">Whether further texts are still to be tokenized.</param>
    /// <param name="workers">How many batches are computed at a time.</param>
    /// <remarks>Towards the end batches get smaller, so that all workers finish at about the same time.</remarks>
    public int Room(long waiting, bool more, int workers) =>
        more ? Most : (int)Math.Min(Most, Math.Max(Least, waiting / (2 * workers)));

    /// <summary>Whether all workers should share the tokens that are left, because there are too few of them for a batch each.</summary>
    /// <param name="waiting">Tokens that are ready to be computed; no others are to come, and nothing else is computed.</param>
    /// <param name="workers">How many batches are computed at a time.</param>
    public bool IsShared(long waiting, int workers) => waiting <= Least * workers / 2;

    /// <summary>How many tokens should be ready before further texts are tokenized: a full batch for each worker.</summary>
    public long Ahead(int workers) => (long)Most * workers;
}
