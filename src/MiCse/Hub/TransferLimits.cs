namespace MiCse.Hub;

/// <summary>Sizes and times of transfers; tests take smaller ones.</summary>
internal sealed record TransferLimits
{
    /// <summary>How long a server may be silent before an attempt counts as failed; <see cref="Timeout.InfiniteTimeSpan"/> never gives up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that one connection fetches at a time: long against the time a request takes to start, short enough to hold several in memory.</summary>
    public int RangeLength { get; init; } = 16 << 20;

    /// <summary>Most bytes of a listing: some 200,000 files. What is longer is no listing, or one without end.</summary>
    public int LongestListing { get; init; } = 16 << 20;
}
