using System.Threading.Channels;
using MiCse.Inference;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Tests.Inference;

/// <summary>An engine whose batches a test ends one by one. A text's tokens are its characters, its embedding is the sum of their codes.</summary>
internal sealed class SteppedEngine(int workers = 1) : IEncoderEngine
{
    private readonly Channel<Batch> _started = Channel.CreateUnbounded<Batch>();
    private int _tokenized;

    public string Name => "stepped";

    public int Dimensions => 1;

    public int Workers => workers;

    public BatchSize BatchSize => new(Least: 64, Most: 512);

    public bool IsDisposed { get; private set; }

    /// <summary>How many texts were tokenized.</summary>
    public int Tokenized => _tokenized;

    /// <summary>The embedding of a text.</summary>
    public static float[] Embedding(string text) => [text.Sum(character => (float)character)];

    public TokenizedText Tokenize(string text)
    {
        Interlocked.Increment(ref _tokenized);
        return new TokenizedText([.. text.Select(character => (int)character)], Truncated: false);
    }

    /// <summary>The next batch that was started.</summary>
    public async Task<Batch> NextAsync() => await _started.Reader.ReadAsync(TestContext.Current.CancellationToken).ConfigureAwait(false);

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken) =>
        EncodeAsync(texts, workers, static () => { }, cancellationToken);

    public async ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, Action pause, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var batch = new Batch([.. texts.Select(text => string.Concat(text.Ids.Select(id => (char)id)))], workers, cancellationToken) { Pause = pause };
        _started.Writer.TryWrite(batch);
        await batch.End.Task.ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new EmbeddingMatrix([.. texts.Select(text => (float)text.Ids.Sum())], texts.Count, 1);
    }

    public async ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken)
    {
        await EncodeAsync([new TokenizedText(ids, Truncated: false)], workers, cancellationToken).ConfigureAwait(false);
        return new EmbeddingMatrix([.. ids.Select(id => (float)id)], ids.Length, 1);
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>A batch that is being computed until the test ends it.</summary>
    public sealed record Batch(string[] Texts, int Workers, CancellationToken CancellationToken)
    {
        /// <summary>What the engine calls between two steps.</summary>
        public Action Pause { get; init; } = static () => { };

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
