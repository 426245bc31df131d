namespace MiCse.Training.Batches;

/// <summary>
/// Which examples make up the batch of a step. Each epoch runs through all examples in a new order; the examples that do not fill
/// a last batch are left out of that epoch (others the next time), because a contrastive batch of another size is another task.
/// The batch of a step depends on the seed and the step alone. Not thread-safe.
/// </summary>
public sealed class BatchSampler
{
    private readonly Randomness _randomness;
    private readonly int[] _order;
    private long _epoch = -1;

    /// <summary>Samples from <paramref name="examples"/> examples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer examples than a batch holds.</exception>
    public BatchSampler(int examples, int batchSize, Randomness randomness)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, batchSize);
        ArgumentNullException.ThrowIfNull(randomness);
        _order = new int[examples];
        _randomness = randomness;
        BatchSize = batchSize;
    }

    /// <summary>Examples in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Full batches in an epoch.</summary>
    public int BatchesPerEpoch => _order.Length / BatchSize;

    /// <summary>The indices of the examples in the batch of a step.</summary>
    /// <param name="step">0-based.</param>
    public ReadOnlyMemory<int> Batch(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Order(step / BatchesPerEpoch);
        return _order.AsMemory((int)(step % BatchesPerEpoch) * BatchSize, BatchSize);
    }

    private void Order(long epoch)
    {
        if (epoch == _epoch)
        {
            return;
        }

        for (var index = 0; index < _order.Length; index++)
        {
            _order[index] = index;
        }

        _randomness.SequenceFor(RandomPurpose.DataOrder, epoch).Shuffle(_order.AsSpan());
        _epoch = epoch;
    }
}
