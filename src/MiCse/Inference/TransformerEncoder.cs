using System.Collections.Concurrent;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Inference;

/// <summary>
/// Token ids → embeddings. Thread-safe. A call computes on one processor core, and at most as many calls as the encoder has threads compute at a time:
/// many small batches, one a core, are what runs fastest. A call that is alone may have all cores, which gives the same bytes: work is shared by rows and
/// columns, and no sum is cut.
/// </summary>
internal sealed class TransformerEncoder : IDisposable
{
    // Larger batches are cut: memory is for this many, and cancellation need not wait longer.
    private const int TokensPerPass = 1024;

    private readonly EncoderShape _config;
    private readonly EncoderPrecision _precision;
    private readonly Transformer _transformer;
    private readonly PoolingLayer _pooling;
    private readonly ConcurrentBag<Workspace> _workspaces = [];
    private bool _disposed;

    /// <summary>Packs the weights. The file behind <paramref name="weights"/> may be closed then.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="threads">How many threads compute at a time.</param>
    /// <param name="precision">What is multiplied.</param>
    public TransformerEncoder(GraphWeights weights, Pooling pooling, bool normalize, int threads, EncoderPrecision precision)
    {
        _config = weights.Config;
        _precision = precision;
        Cores = new CoreLimit(threads);
        _transformer = new Transformer(weights, precision, threads);
        _pooling = new PoolingLayer(weights, pooling, normalize, new LinearFactory(weights, precision, threads));
    }

    /// <summary>The same for the weights of a checkpoint.</summary>
    public TransformerEncoder(EncoderWeights weights, Pooling pooling, bool normalize, int threads, EncoderPrecision precision = EncoderPrecision.Float32)
        : this(new CheckpointGraphWeights(weights), pooling, normalize, threads, precision)
    {
    }

    /// <summary>The cores that calls compute on; other work for the same texts takes its share from them.</summary>
    public CoreLimit Cores { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => _config.HiddenSize;

    /// <summary>Encodes a batch.</summary>
    /// <param name="texts">Ids that the model has, no longer than it takes; none empty.</param>
    /// <param name="cancellationToken">Stops within the batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public EmbeddingMatrix Encode(IReadOnlyList<int[]> texts, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        using var lease = Cores.Take(cancellationToken);
        return Encode(texts, new Team(1, cancellationToken));
    }

    /// <summary>Encodes a batch beside which its caller has nothing else to do: on all cores if no other caller computes.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{int[]}, CancellationToken)"/>
    public EmbeddingMatrix EncodeAlone(IReadOnlyList<int[]> texts, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        using var lease = Cores.TakeAllIfFree(cancellationToken);
        return Encode(texts, new Team(lease.HasAll ? Cores.Threads : 1, cancellationToken));
    }

    /// <summary>The last hidden states of every token of a text. [tokens, hidden]</summary>
    /// <param name="ids">Ids that the model has, no longer than it takes.</param>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public EmbeddingMatrix EncodeTokens(int[] ids)
    {
        var states = new EmbeddingMatrix(ids.Length, Dimensions);
        EncodeWithStates(new TransformerInput([ids]), (layer, hidden, _) =>
        {
            for (var token = 0; token < ids.Length && layer == _config.Layers; token++)
            {
                hidden.Row(token).CopyTo(states[token]);
            }
        });
        return states;
    }

    /// <summary>Encodes a batch and shows the hidden states of all its tokens.</summary>
    /// <param name="batch">At least one text.</param>
    /// <param name="reached">Told after the embeddings and each layer.</param>
    public EmbeddingMatrix EncodeWithStates(TransformerInput batch, Transformer.LayerReached reached)
    {
        ThrowIfDisposed();
        using var lease = Cores.TakeAllIfFree(CancellationToken.None);
        var embeddings = new float[batch.Count * Dimensions];
        Run(batch, firstOnly: false, new Team(lease.HasAll ? Cores.Threads : 1, CancellationToken.None), embeddings, reached);
        return new EmbeddingMatrix(embeddings, batch.Count, Dimensions);
    }

    /// <summary>Releases the weights. No call may be running.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _transformer.Dispose();
        _pooling.Dispose();
        while (_workspaces.TryTake(out var workspace))
        {
            workspace.Dispose();
        }

        Cores.Dispose();
    }

    private EmbeddingMatrix Encode(IReadOnlyList<int[]> texts, Team team)
    {
        var embeddings = new float[texts.Count * Dimensions];
        for (int first = 0, next; first < texts.Count; first = next)
        {
            next = first + 1;
            for (var tokens = texts[first].Length; next < texts.Count && tokens + texts[next].Length <= TokensPerPass; next++)
            {
                tokens += texts[next].Length;
            }

            var part = new TransformerInput([.. texts.Skip(first).Take(next - first)]);
            Run(part, _pooling.FirstOnly, team, embeddings.AsMemory(first * Dimensions, part.Count * Dimensions));
        }

        return new EmbeddingMatrix(embeddings, texts.Count, Dimensions);
    }

    private void Run(TransformerInput batch, bool firstOnly, Team team, Memory<float> embeddings, Transformer.LayerReached? reached = null)
    {
        var workspace = _workspaces.TryTake(out var used) ? used : new Workspace(_config, _precision);
        try
        {
            _transformer.Run(batch, firstOnly, workspace, team, (layer, hidden, onlyFirst) =>
            {
                reached?.Invoke(layer, hidden, onlyFirst);
                _pooling.Take(layer, hidden, onlyFirst, batch, embeddings.Span, workspace, team);
            });
        }
        finally
        {
            _workspaces.Add(workspace);
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
