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

    /// <summary>
    /// The same for a few parts that are worth a thread each. Its code is compiled ahead of time with this library, that of <see cref="Parallel"/> is not, which the first text of a program would wait for.
    /// </summary>
    /// <param name="parts">How many.</param>
    /// <param name="body">Gets the number of the part.</param>
    public static void For(int parts, Action<int> body)
    {
        var loop = new Parts(parts, body);
        for (var helper = 1; helper < parts; helper++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(loop, preferLocal: true);
        }

        loop.Execute();
        loop.Wait();
    }

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

    /// <summary>Parts that threads take until none is left. After a failure the rest is left out.</summary>
    private sealed class Parts(int count, Action<int> body) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _taken;
        private int _finished;
        private Exception? _failure;

        public void Execute()
        {
            for (int part; (part = Interlocked.Increment(ref _taken) - 1) < count;)
            {
                try
                {
                    if (_failure is null)
                    {
                        body(part);
                    }
                }
                catch (Exception failure)
                {
                    Interlocked.CompareExchange(ref _failure, failure, null);
                }

                if (Interlocked.Increment(ref _finished) == count)
                {
                    _done.SetResult();
                }
            }
        }

        public void Wait()
        {
            _done.Task.GetAwaiter().GetResult();
            if (_failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }
}
