using System.Runtime.InteropServices;
using System.Text;

namespace MiCse.Training.Distributed;

/// <summary>Work that fails on all ranks when it fails on one, so that none waits for another that has given up.</summary>
internal static class Agreement
{
    private const int LongestMessage = 2000;

    private enum Outcome : byte
    {
        Done,
        Cancelled,
        Failed,
    }

    /// <summary>Runs the same work on every rank.</summary>
    /// <param name="ranks">Who takes part.</param>
    /// <param name="work">Talks to no other rank.</param>
    /// <exception cref="RankFailureException">It has failed on one of several ranks; the inner exception of rank 0 says where.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled on one.</exception>
    public static T Together<T>(this ICollective ranks, Func<T> work)
    {
        if (ranks.Count == 1)
        {
            return work();
        }

        var (result, failure) = Try(work);
        ranks.Settle(failure);
        return result!;
    }

    /// <inheritdoc cref="Together{T}"/>
    public static void Together(this ICollective ranks, Action work) => ranks.Together(() =>
    {
        work();
        return true;
    });

    /// <summary>Runs work on rank 0 alone, for which the others wait.</summary>
    /// <inheritdoc cref="Together{T}"/>
    /// <returns>On other ranks the default value.</returns>
    public static T? OnFirst<T>(this ICollective ranks, Func<T> work) => ranks.Together(() => ranks.Rank == 0 ? work() : default);

    /// <inheritdoc cref="OnFirst{T}"/>
    public static void OnFirst(this ICollective ranks, Action work) => ranks.OnFirst(() =>
    {
        work();
        return true;
    });

    /// <summary>What rank 0 has, on every rank, of any length.</summary>
    /// <param name="ranks">Who takes part.</param>
    /// <param name="data">Rank 0's; not looked at elsewhere.</param>
    public static byte[] FromFirst(this ICollective ranks, byte[]? data)
    {
        var length = new int[1];
        length[0] = data?.Length ?? 0;
        ranks.Broadcast(MemoryMarshal.AsBytes(length.AsSpan()));
        var copy = ranks.Rank == 0 ? data! : new byte[length[0]];
        ranks.Broadcast(copy);
        return copy;
    }

    /// <summary>A failure that every rank has found by itself, from the same numbers.</summary>
    public static Exception Agreed(this ICollective ranks, Exception failure) => ranks.Count == 1 ? failure : new RankFailureException(failure);

    private static (T? Result, Exception? Failure) Try<T>(Func<T> work)
    {
        try
        {
            return (work(), null);
        }
        catch (Exception failure)
        {
            return (default, failure);
        }
    }

    private static void Settle(this ICollective ranks, Exception? failure)
    {
        var own = new byte[1 + LongestMessage];
        own[0] = (byte)(failure is null ? Outcome.Done : failure is OperationCanceledException ? Outcome.Cancelled : Outcome.Failed);
        Encoding.UTF8.TryGetBytes($"{Environment.MachineName}): {failure?.Message}", own.AsSpan(1), out _);
        var all = new byte[own.Length * ranks.Count];
        ranks.Gather(own, all);
        var outcomes = Enumerable.Range(0, ranks.Count).Select(rank => (Outcome)all[rank * own.Length]).ToList();
        var first = outcomes.IndexOf(Outcome.Failed);
        if (first == 0 && ranks.Rank == 0)
        {
            throw new RankFailureException(failure!);
        }

        if (first >= 0)
        {
            var message = Encoding.UTF8.GetString(all.AsSpan((first * own.Length) + 1, LongestMessage)).TrimEnd('\0', '\uFFFD');
            throw new RankFailureException(new IOException($"Process {first + 1} of {ranks.Count} (on {message}"));
        }

        if (outcomes.Contains(Outcome.Cancelled))
        {
            throw failure as OperationCanceledException ?? new OperationCanceledException();
        }
    }
}
