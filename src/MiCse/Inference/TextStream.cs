using System.Runtime.CompilerServices;

namespace MiCse.Inference;

/// <summary>
/// Texts that come one after the other → embeddings in the same order. It reads at most <see cref="WindowsAhead"/> windows ahead of its
/// reader, so that memory does not grow with the number of texts; a text need not wait for others that have not come yet.
/// </summary>
internal sealed class TextStream(EncoderQueue queue, EncodeTally tally)
{
    /// <summary>Windows in the queue, and the one that is filled meanwhile.</summary>
    public const int WindowsAhead = WindowsAtWork + 1;

    // When one has no text left for a worker, the next has.
    private const int WindowsAtWork = 2;

    /// <summary>Characters after which a window is full, however few its texts are.</summary>
    private const int CharactersPerWindow = 1 << 20;

    private readonly Queue<(List<string> Texts, EncodingCall Call)> _atWork = [];
    private List<string> _window = [];
    private int _characters;
    private long _textsRead;

    private bool IsFull => _window.Count >= EncodingWindow.MostTexts || _characters >= CharactersPerWindow;

    /// <summary>Encodes the texts; to be called once.</summary>
    public async IAsyncEnumerable<EncodedText> EncodeAsync(
        IAsyncEnumerable<string> texts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var source = texts.GetAsyncEnumerator(stop.Token);
        var more = source.MoveNextAsync().AsTask();
        var ended = false;
        try
        {
            while (true)
            {
                while (!ended && !IsFull && more.IsCompleted)
                {
                    ended = !await more.ConfigureAwait(false);
                    if (!ended)
                    {
                        Add(source.Current);
                        more = source.MoveNextAsync().AsTask();
                    }
                }

                var idle = _atWork.Count == 0;
                if (_window.Count > 0 && _atWork.Count < WindowsAtWork && (IsFull || ended || idle))
                {
                    Start(stop.Token);
                }
                else if (idle && ended)
                {
                    yield break;
                }
                else if (idle)
                {
                    await more.ConfigureAwait(false);
                }
                else if (!IsFull && !ended && !_atWork.Peek().Call.IsEnded)
                {
                    await Task.WhenAny(more, _atWork.Peek().Call.Completion).ConfigureAwait(false);
                }
                else
                {
                    var (window, call) = _atWork.Dequeue();
                    await call.Completion.ConfigureAwait(false);
                    var encoded = call.Texts;
                    for (var row = 0; row < window.Count; row++)
                    {
                        yield return new EncodedText(window[row], encoded.Embeddings[row].ToArray(), encoded.TokenCounts[row], encoded.Truncated[row]);
                    }
                }
            }
        }
        finally
        {
            // Whether it failed or the reader has had enough: nothing goes on behind the back of the caller.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll((Task[])[more, .. _atWork.Select(window => window.Call.Completion)]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Add(string text)
    {
        _window.Add(text ?? throw new ArgumentException(
            $"Text {_textsRead} (counted from 0) is null; an empty string has an embedding, null has none."));
        _characters += text.Length;
        _textsRead++;
    }

    private void Start(CancellationToken cancellationToken)
    {
        var window = _window;
        (_window, _characters) = ([], 0);
        var call = new EncodingCall(window, queue.Engine.Dimensions, tally, cancellationToken) { Model = queue.Model };
        queue.RunAsync(call);
        _atWork.Enqueue((window, call));
    }
}
