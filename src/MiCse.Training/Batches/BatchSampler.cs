namespace MiCse.Training.Batches;

/// <summary>
/// Chooses the examples of the batch of a step. Each epoch runs through all examples in a new order; the last batch holds what is left,
/// as in the reference, except that a single example has nothing to contrast with and is left out of that epoch (another the next time).
/// With lengths, examples of similar length share a batch, so that little is computed for padding, and the batches of an epoch come in a new order.
/// The batch of a step depends on the seed and the step alone. Not thread-safe.
/// </summary>
internal sealed class BatchSampler
{
    /// <summary>The smallest batch in which there is something to contrast with.</summary>
    private const int FewestExamples = 2;

    private readonly Randomness _randomness;
    private readonly int[] _order;
    private readonly int[] _batches;
    private readonly IReadOnlyList<int>? _lengths;
    private long _epoch = -1;

    /// <summary>Samples from <paramref name="examples"/> examples.</summary>
    /// <param name="examples">Their number.</param>
    /// <param name="batchSize">Examples in a batch.</param>
    /// <param name="randomness">Where random numbers come from.</param>
    /// <param name="lengths">The length of each example, to group by; null (the default) for batches of any lengths.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer examples than a batch holds.</exception>
    public BatchSampler(int examples, int batchSize, Randomness randomness, IReadOnlyList<int>? lengths = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, batchSize);
        ArgumentNullException.ThrowIfNull(randomness);
        _order = new int[examples];
        _batches = new int[CountBatches(examples, batchSize)];
        _lengths = lengths;
        _randomness = randomness;
        BatchSize = batchSize;
    }

    /// <summary>Examples in a batch, the last of an epoch excepted.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch.</summary>
    public int BatchesPerEpoch => _batches.Length;

    /// <summary>Batches in an epoch of the given number of examples.</summary>
    public static int CountBatches(int examples, int batchSize) =>
        (examples / batchSize) + (examples % batchSize >= FewestExamples ? 1 : 0);

    /// <summary>The indices of the examples in the batch of a step.</summary>
    /// <param name="step">0-based.</param>
    public ReadOnlyMemory<int> Batch(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Order(step / BatchesPerEpoch);
        var start = _batches[step % BatchesPerEpoch] * BatchSize;
        return _order.AsMemory(start, Math.Min(BatchSize, _order.Length - start));
    }

    private void Order(long epoch)
    {
        if (epoch == _epoch)
        {
            return;
        }

        var random = _randomness.SequenceFor(RandomPurpose.DataOrder, epoch);
        Count(_order);
        Count(_batches);
        random.Shuffle(_order.AsSpan());
        if (_lengths is not null)
        {
            // One that would be alone in a batch is left out before the rest is sorted, or it would always be the longest.
            var kept = _order.Length % BatchSize < FewestExamples ? _order.Length - (_order.Length % BatchSize) : _order.Length;
            _order.Take(kept).OrderBy(index => _lengths[index]).ToArray().CopyTo(_order, 0);
            random.Shuffle(_batches.AsSpan());
        }

        _epoch = epoch;
    }

    private static void Count(int[] numbers)
    {
        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = index;
        }
    }
}
