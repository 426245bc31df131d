namespace MiCse.Training.Batches;

/// <summary>
/// Which examples make up the batch of a step. Each epoch runs through all examples in a new order; the last batch holds what is left,
/// as in the reference, except that a single example has nothing to contrast with and is left out of that epoch (another the next time).
/// The batch of a step depends on the seed and the step alone. Not thread-safe.
/// </summary>
public sealed class BatchSampler
{
    /// <summary>The smallest batch in which there is something to contrast with.</summary>
    private const int FewestExamples = 2;

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

    /// <summary>Examples in a batch, the last of an epoch excepted.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch.</summary>
    public int BatchesPerEpoch => CountBatches(_order.Length, BatchSize);

    /// <summary>Batches in an epoch of so many examples.</summary>
    public static int CountBatches(int examples, int batchSize) =>
        (examples / batchSize) + (examples % batchSize >= FewestExamples ? 1 : 0);

    /// <summary>The indices of the examples in the batch of a step.</summary>
    /// <param name="step">0-based.</param>
    public ReadOnlyMemory<int> Batch(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Order(step / BatchesPerEpoch);
        var start = (int)(step % BatchesPerEpoch) * BatchSize;
        return _order.AsMemory(start, Math.Min(BatchSize, _order.Length - start));
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
