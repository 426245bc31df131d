using System.Runtime.ExceptionServices;

namespace MiCse.Numerics;

/// <summary>Loops on several threads that fail as a plain loop does: with the exception itself, not with an <see cref="AggregateException"/> around it.</summary>
internal static class ParallelLoop
{
    /// <inheritdoc cref="Parallel.For(int, int, ParallelOptions, Action{int})"/>
    public static void For(int from, int to, ParallelOptions options, Action<int> body) => Unwrap(() => Parallel.For(from, to, options, body));

    /// <summary>The same with something that every thread keeps for itself, such as a buffer.</summary>
    public static void For<TLocal>(
        int from, int to, ParallelOptions options, Func<TLocal> start, Func<int, TLocal, TLocal> body, Action<TLocal>? end = null) =>
        Unwrap(() => Parallel.For(from, to, options, start, (index, _, local) => body(index, local), end ?? (_ => { })));

    private static void Unwrap(Action loop)
    {
        try
        {
            loop();
        }
        catch (AggregateException failures)
        {
            var all = failures.Flatten().InnerExceptions;
            ExceptionDispatchInfo.Throw(all.FirstOrDefault(failure => failure is not OperationCanceledException) ?? all[0]);
        }
    }
}
