namespace MiCse.Hub;

/// <summary>Adds up what several transfers do. Thread-safe.</summary>
internal sealed class DownloadProgress(IProgress<HubProgress>? listener)
{
    private readonly Lock _lock = new();
    private HubProgress _sum;

    /// <summary>A file of this size will be fetched.</summary>
    public void Expected(long size) => Add(0, size, 0);

    /// <summary>So many bytes were there already.</summary>
    public void Found(long count) => Add(count, 0, 0);

    /// <summary>So many bytes came over the network.</summary>
    public void Received(long count) => Add(count, 0, count);

    /// <summary>So many bytes were wrong and are fetched again.</summary>
    public void Lost(long count) => Add(-count, 0, 0);

    private void Add(long done, long total, long received)
    {
        lock (_lock)
        {
            _sum = new HubProgress(_sum.Done + done, _sum.Total + total, _sum.Received + received);
            listener?.Report(_sum);
        }
    }
}
