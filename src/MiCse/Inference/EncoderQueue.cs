using MiCse.Tokenization;

namespace MiCse.Inference;

/// <summary>
/// Texts → embeddings on one engine, over all its callers. Calls wait in two lanes: those of one text go first, those of many still get a share. Texts of
/// different calls are computed in one batch. No thread waits for its turn but that of a synchronous call, which computes as well. Thread-safe.
/// </summary>
/// <param name="engine">Computes; disposed with the queue, after its last batch.</param>
/// <param name="tokenize">Text → tokens.</param>
internal sealed class EncoderQueue(IEncoderEngine engine, Func<string, TokenizedText> tokenize) : IDisposable, IAsyncDisposable
{
    /// <summary>After so many batches of calls of one text comes one of many texts, if one waits.</summary>
    public const int InteractiveInARow = 4;

    private readonly Lock _lock = new();
    private readonly QueueLane _interactive = new(engine, tokenize);
    private readonly QueueLane _bulk = new(engine, tokenize);
    private readonly HashSet<EncodingCall> _calls = [];
    private readonly HashSet<QueuedWork> _atWork = [];
    private readonly LinkedList<EncodingCall> _waiting = []; // synchronous ones whose threads have nothing to do
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running; // workers of the engine that compute
    private int _requested; // threads that are on their way
    private int _interactiveInARow;
    private bool _closed;

    /// <summary>The engine.</summary>
    public IEncoderEngine Engine => engine;

    /// <summary>The model's weights, for messages.</summary>
    public string Model { get; init; } = "the model";

    /// <summary>Receives the texts and tokens of every batch before it is computed, from any thread; null for nobody.</summary>
    public Action<int, int>? BatchStarting { get; set; }

    /// <summary>Computes a call.</summary>
    /// <returns>Ends as the call does.</returns>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public Task RunAsync(EncodingCall call)
    {
        Add(call);
        lock (_lock)
        {
            RequestWorkers();
        }

        return call.Completion;
    }

    /// <summary>Computes a call on this thread, and on others if it is long.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed, perhaps while this was waiting.</exception>
    public void Run(EncodingCall call)
    {
        using var wake = new ManualResetEventSlim(initialState: false, spinCount: 0);
        call.Wake = wake;
        Add(call);
        while (true)
        {
            // Only an engine that is no CPU goes on behind this thread's back; then the call's end is waited for.
            _ = WorkAsync(call).AsTask();
            lock (_lock)
            {
                if (call.IsEnded)
                {
                    RequestWorkers();
                    break;
                }

                if (CanTake(call))
                {
                    continue;
                }

                wake.Reset();
                _waiting.AddLast(call);
            }

            wake.Wait(CancellationToken.None);
            lock (_lock)
            {
                // Whoever asked it to compute has removed it.
                _requested -= _waiting.Remove(call) ? 0 : 1;
            }
        }

        if (call.Completion.IsCanceled)
        {
            throw new OperationCanceledException(call.CancellationToken);
        }

        call.Completion.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Ends all calls with <see cref="ObjectDisposedException"/>, those that are being computed after the running batch, and returns at once; the last batch
    /// releases the engine. <see cref="DisposeAsync"/> waits for that.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            foreach (var call in _calls.ToArray())
            {
                End(call, new ObjectDisposedException("SentenceEncoder"));
            }
        }

        Release(null);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return new ValueTask(_released.Task);
    }

    private void Add(EncodingCall call)
    {
        call.Registration = call.CancellationToken.UnsafeRegister(_ =>
        {
            lock (_lock)
            {
                End(call, new OperationCanceledException(call.CancellationToken));
            }
        }, null);
        lock (_lock)
        {
            if (_closed)
            {
                call.Registration.Unregister();
                throw new ObjectDisposedException("SentenceEncoder");
            }

            if (call.TextsLeft == 0)
            {
                End(call, null);
            }

            if (!call.IsEnded)
            {
                _calls.Add(call);
                LaneOf(call).Add(call);
            }
        }
    }

    /// <summary>Computes as long as there is something to compute; for a synchronous call as long as it has texts that are not in a batch.</summary>
    private async ValueTask WorkAsync(EncodingCall? own)
    {
        while (Take(own) is { } work)
        {
            await ComputeAsync(work).ConfigureAwait(false);
        }
    }

    private async ValueTask ComputeAsync(QueuedWork work)
    {
        Exception? failure = null;
        try
        {
            if (work is BatchWork batch)
            {
                BatchStarting?.Invoke(batch.TextCount, batch.TokenCount);
            }

            await work.ComputeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        // Who receives progress may encode something itself: that needs a worker.
        Release(work);
        if (work is TokenizingWork tokenizing)
        {
            lock (_lock)
            {
                LaneOf(tokenizing.Call).Add(tokenizing.Window);
            }
        }

        foreach (var share in work.Shares)
        {
            Deliver(share, failure);
        }
    }

    /// <summary>What a batch of many texts does between two of its steps: a caller who waits for one text does not wait for its end.</summary>
    private Action MakePause()
    {
        var batches = 0;
        return () =>
        {
            while (batches < InteractiveInARow && TakeUrgent() is { } work)
            {
                batches += work is TokenizingWork ? 0 : 1;
                // A CPU engine has computed it when this returns; another one need not pause.
                _ = ComputeAsync(work).AsTask();
            }
        };

        QueuedWork? TakeUrgent()
        {
            lock (_lock)
            {
                if (_closed || !_interactive.HasWork || _interactive.Take(isIdle: false) is not { } work)
                {
                    return null;
                }

                _running += work.Workers;
                _atWork.Add(work);
                return work;
            }
        }
    }

    private void Deliver(QueuedWork.Share share, Exception? failure)
    {
        try
        {
            if (failure is null)
            {
                share.Deliver();
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        lock (_lock)
        {
            share.Call.Running--;
            share.Call.TextsLeft -= failure is null ? share.Texts : 0;
            End(share.Call, failure);
        }
    }

    private QueuedWork? Take(EncodingCall? own)
    {
        lock (_lock)
        {
            if (!CanTake(own))
            {
                return null;
            }

            var bulkIsDue = !_interactive.HasWork || (_interactiveInARow >= InteractiveInARow && _bulk.HasWork);
            var (lane, other) = bulkIsDue ? (_bulk, _interactive) : (_interactive, _bulk);
            var work = lane.Take(isIdle: _running == 0 && !other.HasWork);
            _interactiveInARow = work is TokenizingWork ? _interactiveInARow : bulkIsDue ? 0 : _interactiveInARow + 1;
            if (work is not null)
            {
                _running += work.Workers;
                _atWork.Add(work);
                if (bulkIsDue && work is BatchWork batch)
                {
                    batch.Pause = MakePause();
                }
            }

            RequestWorkers();
            return work;
        }
    }

    private bool CanTake(EncodingCall? own) =>
        !_closed && _running < engine.Workers && own is not { TextsToTake: 0 } && own is not { IsEnded: true } && (_interactive.HasWork || _bulk.HasWork);

    /// <summary>Calls threads for what could be computed now: those of synchronous calls before those of the thread pool.</summary>
    private void RequestWorkers()
    {
        for (var wanted = Math.Min(engine.Workers - _running, _interactive.Parts + _bulk.Parts); !_closed && _requested < wanted; _requested++)
        {
            if (_waiting.FirstOrDefault(call => call is { IsEnded: false, TextsToTake: > 0 }) is { } waiting)
            {
                _waiting.Remove(waiting);
                waiting.Wake!.Set();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.WorkAsRequested(), this, preferLocal: false);
            }
        }
    }

    private void WorkAsRequested()
    {
        lock (_lock)
        {
            _requested--;
        }

        _ = WorkAsync(null).AsTask();
    }

    private void Release(QueuedWork? work)
    {
        lock (_lock)
        {
            if (work is not null)
            {
                _running -= work.Workers;
                _atWork.Remove(work);
            }

            if (!_closed || _running > 0 || _released.Task.IsCompleted)
            {
                return;
            }

            engine.Dispose();
            _released.SetResult();
        }
    }

    /// <summary>Ends a call if it is complete or fails, as soon as nothing of it is being computed.</summary>
    private void End(EncodingCall call, Exception? failure)
    {
        call.Failure ??= failure;
        if (call is { Failure: not null, Running: > 0 })
        {
            foreach (var work in _atWork)
            {
                work.NoteEnded(call);
            }
        }

        if (call.Running == 0 && !call.IsEnded && (call.TextsLeft == 0 || call.Failure is not null))
        {
            _calls.Remove(call);
            call.End();
        }
    }

    private QueueLane LaneOf(EncodingCall call) => call.Lane == Lane.Interactive ? _interactive : _bulk;
}
