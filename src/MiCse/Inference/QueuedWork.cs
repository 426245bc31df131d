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
        Window = window.Tokenize(part, tokenize);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Texts whose embeddings are computed together. They may belong to several calls.</summary>
internal sealed class BatchWork(QueuedText[] texts, IEncoderEngine engine, int workers) : QueuedWork(workers)
{
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

    // A batch that several calls share is finished whoever of them is cancelled.
    private CancellationToken Token => Array.TrueForAll(texts, text => text.Call == texts[0].Call) ? texts[0].Call.CancellationToken : default;

    public override async ValueTask ComputeAsync() =>
        _embeddings = await engine.EncodeAsync(Array.ConvertAll(texts, text => text.Tokenized), Workers, Token).ConfigureAwait(false);
}

/// <summary>A text whose token states are computed.</summary>
internal sealed class TokenStatesWork(QueuedText text, IEncoderEngine engine, int workers) : QueuedWork(workers)
{
    private EmbeddingMatrix? _states;

    public override IEnumerable<Share> Shares => [new Share(text.Call, 1, () =>
        text.Call.Tokens = new EncodedTokens(text.Tokenized.Ids, _states!, text.Tokenized.Truncated))];

    public override async ValueTask ComputeAsync() =>
        _states = await engine.EncodeTokensAsync(text.Tokenized.Ids, Workers, text.Call.CancellationToken).ConfigureAwait(false);
}
