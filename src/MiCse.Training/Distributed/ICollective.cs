namespace MiCse.Training.Distributed;

/// <summary>
/// The processes that share one training, the <em>ranks</em>, and what they tell each other. Every rank makes the same calls in the same order, each from one thread
/// at a time; a call returns when all ranks have made it.
/// </summary>
public interface ICollective : IDisposable
{
    /// <summary>This process, from 0. The first one reads and writes the output folder.</summary>
    int Rank { get; }

    /// <summary>The number of processes; 1 for a training by itself.</summary>
    int Count { get; }

    /// <summary>Sends every rank its own part, all of one length.</summary>
    /// <param name="parts">One after the other, the one for rank 0 first. [ranks · length]</param>
    /// <param name="received">The parts for this rank, that of rank 0 first. [ranks · length]</param>
    void Exchange(ReadOnlySpan<float> parts, Span<float> received);

    /// <summary>Gives all ranks what each of them has.</summary>
    /// <param name="own">This rank's bytes, as many as every other rank has.</param>
    /// <param name="all">Those of all ranks, rank 0's first. [ranks · length]</param>
    void Gather(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Gives all ranks what rank 0 has.</summary>
    /// <param name="data">Read by rank 0, written by the others; of the same length everywhere.</param>
    void Broadcast(Span<byte> data);

    /// <summary>Ends all ranks at once: for a failure that the others do not know of, and would wait for ever. Does not return.</summary>
    /// <param name="exitCode">What the launcher is to return.</param>
    void Abort(int exitCode);
}
