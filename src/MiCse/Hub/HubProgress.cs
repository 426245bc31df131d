namespace MiCse.Hub;

/// <summary>How far a download is, in bytes; the total grows as further files are looked up.</summary>
/// <param name="Done">On the disk, what an interrupted download left included; falls back when that turns out to be damaged.</param>
/// <param name="Total">All files that are known so far.</param>
/// <param name="Received">What came over the network this time: a rate follows from it.</param>
public readonly record struct HubProgress(long Done, long Total, long Received);
