using MiCse.Tokenization;

namespace MiCse.Inference;

/// <summary>
/// One lane of an <see cref="EncoderQueue"/>: calls that take turns window by window, and the texts of their windows that are tokenized. What is tokenized
/// is bounded: no further window is opened while each worker has a full batch before it. What has ended is dropped. The queue's lock guards it.
/// </summary>
internal sealed class QueueLane(IEncoderEngine engine, Func<string, TokenizedText> tokenize)
{
    private readonly Queue<EncodingCall> _calls = [];
    private readonly Queue<QueuedText> _ready = [];
    private EncodingWindow? _window;
    private long _readyTokens;
    private int _partsRunning;

    /// <summary>Whether there is something to be taken.</summary>
    public bool HasWork
    {
        get
        {
            DropEnded();
            return _ready.Count > 0 || _window is not null || _calls.Count > 0;
        }
    }

    /// <summary>About how many workers could take something.</summary>
    public long Parts => _calls.Count + (_window?.PartsLeft ?? 0) + Math.Min(_ready.Count, 1 + _readyTokens / engine.BatchSize.Least);

    private bool IsMoreToCome => _partsRunning > 0 || _window is not null || _calls.Count > 0;

    /// <summary>Adds a call.</summary>
    public void Add(EncodingCall call) => _calls.Enqueue(call);

    /// <summary>Notes that tokenizing a part has ended, and adds the texts of its window if they are complete.</summary>
    public void Add(QueuedText[]? window)
    {
        _partsRunning--;
        foreach (var text in window ?? [])
        {
            _ready.Enqueue(text);
            _readyTokens += text.Tokenized.Ids.Length;
        }
    }

    /// <summary>Takes what a worker is to do next; null when there is nothing.</summary>
    /// <param name="isIdle">Whether nothing is computed and the other lane is empty, so that all workers may share what is taken.</param>
    public QueuedWork? Take(bool isIdle)
    {
        DropEnded();
        return _readyTokens < engine.BatchSize.Ahead(engine.Workers) && TakePart() is { } part ? part
            : _ready.Count > 0 ? TakeBatch(isIdle)
            : null;
    }

    private TokenizingWork? TakePart()
    {
        if (_window is null && _calls.TryDequeue(out var call))
        {
            _window = call.TakeWindow();
            if (call.HasWindows)
            {
                _calls.Enqueue(call);
            }
        }

        if (_window is not { } window)
        {
            return null;
        }

        var part = window.TakePart();
        if (window.PartsLeft == 0)
        {
            _window = null;
        }

        _partsRunning++;
        window.Call.Running++;
        return new TokenizingWork(window, part, tokenize);
    }

    private QueuedWork TakeBatch(bool isIdle)
    {
        var isAlone = isIdle && !IsMoreToCome;
        var isShared = isAlone && engine.BatchSize.IsShared(_readyTokens, engine.Workers);
        var room = isShared ? _readyTokens : engine.BatchSize.Room(_readyTokens, IsMoreToCome, engine.Workers);
        var texts = new List<QueuedText>();
        do
        {
            var text = Dequeue();
            texts.Add(text);
            room -= text.Tokenized.Ids.Length;
            DropEnded();
        }
        while (!texts[0].Call.WantsTokens && _ready.TryPeek(out var next) && !next.Call.WantsTokens && next.Tokenized.Ids.Length <= room);

        foreach (var text in texts)
        {
            text.Call.TextsToTake--;
        }

        var workers = isShared || (isAlone && texts.Count == 1 && _ready.Count == 0) ? engine.Workers : 1;
        QueuedWork work = texts[0].Call.WantsTokens ? new TokenStatesWork(texts[0], engine, workers) : new BatchWork([.. texts], engine, workers);
        foreach (var share in work.Shares)
        {
            share.Call.Running++;
        }

        return work;
    }

    private QueuedText Dequeue()
    {
        var text = _ready.Dequeue();
        _readyTokens -= text.Tokenized.Ids.Length;
        return text;
    }

    // Cancelled, failed, or all over: nobody waits for it.
    private void DropEnded()
    {
        while (_calls.TryPeek(out var call) && call.Failure is not null)
        {
            _calls.Dequeue();
        }

        while (_ready.TryPeek(out var text) && text.Call.Failure is not null)
        {
            Dequeue();
        }

        if (_window?.Call.Failure is not null)
        {
            _window = null;
        }
    }
}
