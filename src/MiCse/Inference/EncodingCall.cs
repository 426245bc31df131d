using System.Diagnostics;
using MiCse.Files;
using MiCse.Inference.Layers;
using MiCse.Tokenization;

namespace MiCse.Inference;

/// <summary>Whose turn it is in an <see cref="EncoderQueue"/>.</summary>
internal enum Lane
{
    /// <summary>A caller who waits for one text: goes first.</summary>
    Interactive,

    /// <summary>Many texts: never behind more than a few batches of the other lane.</summary>
    Bulk,
}

/// <summary>A call on its way through an <see cref="EncoderQueue"/>: its texts, how many of them are left, and the result. The queue's lock guards what changes.</summary>
internal sealed class EncodingCall
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EncodingJob _job;
    private readonly EncodeTally? _tally;
    private readonly IReadOnlyList<int[]>? _ids;
    private int _nextRow;

    /// <param name="texts">None null; not to be changed before the end.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    /// <param name="tally">Receives the progress; null for nobody.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public EncodingCall(IReadOnlyList<string> texts, int dimensions, EncodeTally? tally, CancellationToken cancellationToken)
    {
        _job = new EncodingJob(texts, dimensions);
        _tally = tally;
        CancellationToken = cancellationToken;
        TextsLeft = TextsToTake = _job.Rows.Length;
        Lane = texts.Count == 1 ? Lane.Interactive : Lane.Bulk;
    }

    /// <summary>A call whose texts are tokenized already.</summary>
    /// <param name="ids">Ids that the model has, special tokens included, no more than it takes.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    /// <param name="tally">Receives the progress; null for nobody.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public EncodingCall(IReadOnlyList<int[]> ids, int dimensions, EncodeTally? tally, CancellationToken cancellationToken)
    {
        _ids = ids;
        _job = new EncodingJob(ids.Count, dimensions);
        _tally = tally;
        CancellationToken = cancellationToken;
        TextsLeft = TextsToTake = ids.Count;
        Lane = ids.Count == 1 ? Lane.Interactive : Lane.Bulk;
    }

    /// <summary>Whose turn it is; interactive for one text unless the caller says otherwise.</summary>
    public Lane Lane { get; init; }

    /// <summary>How its texts become tokens, where it has a prompt of its own; null: as the queue does it.</summary>
    public Func<string, TokenizedText>? Tokenize { get; init; }

    /// <summary>Whether a text that would be cut ends the call with <see cref="TextTooLongException"/>.</summary>
    public bool RefusesTruncation { get; init; }

    /// <summary>When its parts were computed; null when nobody asks.</summary>
    public CallTimes? Times { get; init; }

    /// <summary>Ends the call.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The model's weights, for messages.</summary>
    public string Model { get; init; } = "the model";

    /// <summary>Whether the states of the text's tokens are wanted instead of its embedding; for calls of one text.</summary>
    public bool WantsTokens { get; init; }

    /// <summary>Receives the attention maps of the text whose tokens are wanted; null for nobody.</summary>
    public AttentionMaps? Maps { get; init; }

    /// <summary>Different texts that are not in a batch yet.</summary>
    public int TextsToTake { get; set; }

    /// <summary>Different texts without a result.</summary>
    public int TextsLeft { get; set; }

    /// <summary>Parts of the call that are being computed.</summary>
    public int Running { get; set; }

    /// <summary>Why the call ends early; null as long as all is well.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether the call has ended.</summary>
    public bool IsEnded => _completion.Task.IsCompleted;

    /// <summary>Ends with the call, as it does.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Passes the end of <see cref="CancellationToken"/> on to the queue.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>What the thread of a synchronous call waits for; null for an asynchronous one.</summary>
    public ManualResetEventSlim? Wake { get; set; }

    /// <summary>Whether there are texts that are not in a window yet.</summary>
    public bool HasWindows => _nextRow < _job.Rows.Length;

    /// <summary>The embeddings of a call that has succeeded.</summary>
    public EncodedTexts Texts => _job.Result;

    /// <summary>The token states of a call that wanted them and has succeeded.</summary>
    public EncodedTokens? Tokens { get; set; }

    /// <summary>Takes the next texts to be tokenized.</summary>
    public EncodingWindow TakeWindow()
    {
        var count = Math.Min(EncodingWindow.MostTexts, _job.Rows.Length - _nextRow);
        var window = new EncodingWindow(this, _job.Rows.AsMemory(_nextRow, count));
        _nextRow += count;
        return window;
    }

    /// <summary>The tokens of a row. May be called by several threads at a time.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokenize">How the queue tokenizes.</param>
    /// <exception cref="TextTooLongException">The text would be cut, and the call refuses that.</exception>
    public TokenizedText TokensOf(int row, Func<string, TokenizedText> tokenize)
    {
        var tokens = _ids is null ? (Tokenize ?? tokenize)(_job[row]) : new TokenizedText(_ids[row], Truncated: false);
        return tokens.Truncated && RefusesTruncation ? throw new TextTooLongException(row) : tokens;
    }

    /// <summary>Takes over the embeddings of some texts, and reports them. May be called by several threads at a time, for different texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="embeddings">Where their embeddings are.</param>
    /// <param name="first">The row of the first one.</param>
    /// <exception cref="ModelFormatException">An embedding holds a number that is not finite, which only damaged weights give.</exception>
    public void Fill(ReadOnlySpan<QueuedText> texts, Vectors.EmbeddingMatrix embeddings, int first)
    {
        var (count, tokens, computed) = (0, 0L, 0);
        for (var index = 0; index < texts.Length; index++)
        {
            RequireFinite(embeddings[first + index], texts[index].Row);
            var (ids, truncated) = (texts[index].Tokenized.Ids, texts[index].Tokenized.Truncated);
            var filled = _job.Fill(texts[index].Row, embeddings[first + index], ids.Length, truncated);
            count += filled;
            tokens += (long)filled * ids.Length;
            computed += ids.Length;
        }

        _tally?.Add(count, tokens, computed);
    }

    private void RequireFinite(ReadOnlySpan<float> embedding, int row)
    {
        foreach (var value in embedding)
        {
            if (!float.IsFinite(value))
            {
                throw new ModelFormatException(
                    Model,
                    $"the embedding of text {row} (counted from 0) holds {(embedding.Contains(float.NaN) ? "NaN" : "an infinite number")}, so the weights are damaged; fetch or train the model again");
            }
        }
    }

    /// <summary>Ends the call: with its result if it is complete, else with <see cref="Failure"/>.</summary>
    public void End()
    {
        Debug.Assert(Running == 0, "Nothing goes on after a call's end.");
        Times?.End();
        Registration.Unregister();
        if (TextsLeft == 0)
        {
            _completion.SetResult();
        }
        else if (Failure is OperationCanceledException canceled)
        {
            _completion.SetCanceled(canceled.CancellationToken);
        }
        else
        {
            _completion.SetException(Failure!);
        }

        Wake?.Set();
    }
}
