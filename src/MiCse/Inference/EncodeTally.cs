namespace MiCse.Inference;

/// <summary>Adds up what was encoded and reports it. Thread-safe; one report at a time.</summary>
/// <param name="progress">Receives the reports; null for nobody.</param>
/// <param name="total">Texts in all; null for a stream.</param>
internal sealed class EncodeTally(IProgress<EncodeProgress>? progress, long? total)
{
    private readonly Lock _lock = new();
    private EncodeProgress _done = new(0, total, 0, 0);

    /// <summary>Counts a batch.</summary>
    /// <param name="texts">Texts that have their embedding now, repeated ones included.</param>
    /// <param name="tokens">Their tokens.</param>
    /// <param name="computed">Positions of the batch.</param>
    public void Add(int texts, long tokens, int computed)
    {
        lock (_lock)
        {
            _done = _done with
            {
                TextsDone = _done.TextsDone + texts,
                TokensDone = _done.TokensDone + tokens,
                TokensComputed = _done.TokensComputed + computed,
            };
            progress?.Report(_done);
        }
    }
}
