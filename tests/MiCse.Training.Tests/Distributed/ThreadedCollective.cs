using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using MiCse.Training.Distributed;

namespace MiCse.Training.Tests.Distributed;

/// <summary>Ranks as threads of one process.</summary>
internal sealed class ThreadedCollective : ICollective
{
    private readonly Shared _shared;

    private ThreadedCollective(int rank, Shared shared) => (Rank, _shared) = (rank, shared);

    public int Rank { get; }

    public int Count => _shared.Parts.Length;

    /// <summary>Runs the same work on every rank.</summary>
    /// <returns>What came of it, rank 0's first.</returns>
    public static T[] Run<T>(int count, Func<ICollective, T> work)
    {
        using var shared = new Shared(count);
        var results = new T[count];
        var failures = new Exception?[count];
        var threads = Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadedCollective(rank, shared));
            }
            catch (Exception failure)
            {
                failures[rank] = failure;
                shared.Barrier.RemoveParticipant();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failures.OfType<Exception>().FirstOrDefault() is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return results;
    }

    public void Exchange(ReadOnlySpan<float> parts, Span<float> received)
    {
        var length = parts.Length / Count;
        var all = Tell(MemoryMarshal.AsBytes(parts));
        for (var rank = 0; rank < Count; rank++)
        {
            MemoryMarshal.Cast<byte, float>(all[rank].AsSpan()).Slice(Rank * length, length).CopyTo(received[(rank * length)..]);
        }
    }

    public void Gather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        foreach (var (rank, part) in Tell(own).Index())
        {
            Assert.Equal(own.Length, part.Length);
            part.CopyTo(all[(rank * own.Length)..]);
        }
    }

    public void Broadcast(Span<byte> data) => Tell(data)[0].CopyTo(data);

    public void Abort(int exitCode) => throw new InvalidOperationException($"aborted with {exitCode}");

    public void Dispose()
    {
    }

    private byte[][] Tell(ReadOnlySpan<byte> own)
    {
        _shared.Parts[Rank] = own.ToArray();
        _shared.Barrier.SignalAndWait();
        byte[][] all = [.. _shared.Parts];
        _shared.Barrier.SignalAndWait();
        return all;
    }

    private sealed class Shared(int count) : IDisposable
    {
        public byte[][] Parts { get; } = new byte[count][];

        public Barrier Barrier { get; } = new(count);

        public void Dispose() => Barrier.Dispose();
    }
}
