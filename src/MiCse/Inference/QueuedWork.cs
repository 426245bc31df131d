using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Inference;

/// <summary>Something that a worker of an <see cref="EncoderQueue"/> computes in one go.</summary>
/// <param name="workers">How many workers of the engine it takes.</param>
internal abstract class QueuedWork(int workers)
{
    /// <summary>How many workers of the engine it takes.</summary>
    public int Workers => workers;

    /// <summary>What belongs to one call: its texts lie side by side in a batch.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Texts">How many of its texts get their result.</param>
    /// <param name="Deliver">Hands the result to the call.</param>
    public readonly record struct Share(EncodingCall Call, int Texts, Action Deliver);

    /// <summary>The shares of the calls.</summary>
    public abstract IEnumerable<Share> Shares { get; }

    /// <summary>Computes it.</summary>
    public abstract ValueTask ComputeAsync();

    /// <summary>Notes that a call has ended early: what nobody waits for any longer stops. To be called within the queue's lock.</summary>
    public virtual void NoteEnded(EncodingCall call)
    {
    }
}

/// <summary>Texts to be tokenized.</summary>
internal sealed class TokenizingWork(EncodingWindow window, Range part, Func<string, TokenizedText> tokenize) : QueuedWork(workers: 1)
{
    public EncodingCall Call => window.Call;

    /// <summary>All texts of the window when this was its last part; else null.</summary>
    public QueuedText[]? Window { get; private set; }

    public override IEnumerable<Share> Shares => [new Share(Call, 0, static () => { })];

    public override ValueTask ComputeAsync()
    {
        var since = Call.Times?.Now();
        Window = window.Tokenize(part, tokenize);
        Call.Times?.AddTokenizing(since!.Value);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Texts whose embeddings are computed together. They may belong to several calls.</summary>
internal sealed class BatchWork(QueuedText[] texts, IEncoderEngine engine, int workers) : QueuedWork(workers)
{
    private readonly EncodingCall[] _calls = [.. texts.Select(text => text.Call).Distinct()];
    private CancellationTokenSource? _abandoned;
    private EmbeddingMatrix? _embeddings;

    public override IEnumerable<Share> Shares
    {
        get
        {
            for (int from = 0, to; from < texts.Length; from = to)
            {
                var (first, call) = (from, texts[from].Call);
                for (to = from + 1; to < texts.Length && texts[to].Call == call;)
                {
                    to++;
                }

                var count = to - from;
                yield return new Share(call, count, () => call.Fill(texts.AsSpan(first, count), _embeddings!, first));
            }
        }
    }

    /// <summary>What is computed between two steps of this; null: nothing is.</summary>
    public Action? Pause { get; set; }

    /// <summary>How many texts are in it.</summary>
    public int TextCount => texts.Length;

    /// <summary>How many tokens they have.</summary>
    public int TokenCount => texts.Sum(text => text.Tokenized.Ids.Length);

    public override async ValueTask ComputeAsync()
    {
        Array.ForEach(_calls, call => call.Times?.BeginBatch());
        if (_calls is [var single])
        {
            _embeddings = await ComputeAsync(single.CancellationToken).ConfigureAwait(false);
            return;
        }

        // A batch that several calls share is finished as long as one of them waits for it.
        using var abandoned = new CancellationTokenSource();
        lock (_calls)
        {
            _abandoned = abandoned;
        }

        try
        {
            AbandonIfNobodyWaits();
            _embeddings = await ComputeAsync(abandoned.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_calls)
            {
                _abandoned = null;
            }
        }
    }

    public override void NoteEnded(EncodingCall call) => AbandonIfNobodyWaits();

    private void AbandonIfNobodyWaits()
    {
        if (Array.TrueForAll(_calls, each => each.Failure is not null))
        {
            lock (_calls)
            {
                _abandoned?.Cancel();
            }
        }
    }

    private ValueTask<EmbeddingMatrix> ComputeAsync(CancellationToken cancellationToken)
    {
        var tokenized = new TokenizedText[texts.Length];
        for (var index = 0; index < tokenized.Length; index++)
        {
            tokenized[index] = texts[index].Tokenized;
        }

        return Pause is { } pause ? engine.EncodeAsync(tokenized, Workers, pause, cancellationToken) : engine.EncodeAsync(tokenized, Workers, cancellationToken);
    }
}

/// <summary>A text whose token states are computed.</summary>
internal sealed class TokenStatesWork(QueuedText text, IEncoderEngine engine, int workers) : QueuedWork(workers)
{
    private EmbeddingMatrix? _states;

    public override IEnumerable<Share> Shares => [new Share(text.Call, 1, () =>
        text.Call.Tokens = new EncodedTokens(text.Tokenized.Ids, _states!, text.Tokenized.Truncated))];

    public override async ValueTask ComputeAsync()
    {
        text.Call.Times?.BeginBatch();
        var ids = text.Tokenized.Ids;
        _states = text.Call.Maps is { } maps
            ? await engine.EncodeTokensAsync(ids, maps, Workers, text.Call.CancellationToken).ConfigureAwait(false)
            : await engine.EncodeTokensAsync(ids, Workers, text.Call.CancellationToken).ConfigureAwait(false);
    }
}
