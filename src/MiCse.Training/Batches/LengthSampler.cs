namespace MiCse.Training.Batches;

/// <summary>
/// Chooses the sequences of the batch of a step, so that little is computed for padding: sequences of similar length, as many as fit into a budget of
/// tokens. Each epoch visits all sequences, those of the same length in another order, and its batches in another order. The batch of a
/// step depends on the seed and the step alone. Not thread-safe.
/// </summary>
internal sealed class LengthSampler
{
    private readonly IReadOnlyList<int> _lengths;
    private readonly Randomness _randomness;
    private readonly int[] _starts;
    private readonly int[] _batches;
    private int[] _order = [];
    private long _epoch = -1;

    /// <param name="lengths">Tokens of each sequence; at least one.</param>
    /// <param name="tokenBudget">Largest number of sequences × longest sequence of a batch; a longer sequence gets a batch of its own.</param>
    /// <param name="randomness">Where random numbers come from.</param>
    public LengthSampler(IReadOnlyList<int> lengths, int tokenBudget, Randomness randomness)
    {
        ArgumentOutOfRangeException.ThrowIfZero(lengths.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokenBudget);
        (_lengths, _randomness) = (lengths, randomness);
        _starts = Starts([.. lengths.Order()], tokenBudget);
        _batches = new int[_starts.Length - 1];
    }

    /// <summary>Batches in an epoch: the same in every one, because sorted lengths are.</summary>
    public int BatchesPerEpoch => _batches.Length;

    /// <summary>The indices of the sequences in the batch of a step.</summary>
    /// <param name="step">0-based.</param>
    public ReadOnlyMemory<int> Batch(long step)
    {
        Order(step / BatchesPerEpoch);
        var batch = _batches[step % BatchesPerEpoch];
        return _order.AsMemory(_starts[batch].._starts[batch + 1]);
    }

    /// <summary>Where batches start in the sorted sequences; the end of the last one too.</summary>
    private static int[] Starts(int[] sorted, int tokenBudget)
    {
        List<int> starts = [0];
        for (var index = 1; index < sorted.Length; index++)
        {
            if ((index - starts[^1] + 1) * (long)sorted[index] > tokenBudget)
            {
                starts.Add(index);
            }
        }

        return [.. starts, sorted.Length];
    }

    private void Order(long epoch)
    {
        if (epoch == _epoch)
        {
            return;
        }

        var random = _randomness.SequenceFor(RandomPurpose.DataOrder, epoch);
        int[] shuffled = [.. Enumerable.Range(0, _lengths.Count)];
        random.Shuffle(shuffled.AsSpan());
        _order = [.. shuffled.OrderBy(index => _lengths[index])]; // Stable: of one length they stay shuffled.
        for (var batch = 0; batch < _batches.Length; batch++)
        {
            _batches[batch] = batch;
        }

        random.Shuffle(_batches.AsSpan());
        _epoch = epoch;
    }
}
