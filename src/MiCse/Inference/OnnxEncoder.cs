using MiCse.Checkpoints;
using MiCse.Tokenization;
using MiCse.Vectors;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Inference;

/// <summary>
/// Token ids → embeddings on ONNX Runtime. Thread-safe: all callers share the sessions. A call computes on one processor core, and at
/// most as many calls as the encoder has threads compute at a time: many small batches, one a core, are what runs fastest. A call
/// that is alone may have all cores, which gives the same bytes: work is shared by rows and columns, and no sum is cut.
/// </summary>
internal sealed class OnnxEncoder : IDisposable
{
    private static readonly string[] Inputs = [BertOnnxGraph.Ids, BertOnnxGraph.Mask, BertOnnxGraph.TokenTypes];
    private static readonly string[] Outputs = [BertOnnxGraph.Embeddings];

    private readonly GraphSessions _sessions;
    private bool _disposed;

    /// <summary>Creates the session. The file behind <paramref name="weights"/> may be closed then.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="threads">How many threads compute at a time.</param>
    /// <param name="precision">What is multiplied.</param>
    public OnnxEncoder(GraphWeights weights, Pooling pooling, bool normalize, int threads, EncoderPrecision precision)
    {
        Dimensions = weights.Config.HiddenSize;
        Cores = new CoreLimit(threads);
        _sessions = new GraphSessions(BertOnnxGraph.Build(weights, pooling, normalize, precision: precision), threads);
    }

    /// <summary>The same for the weights of a checkpoint.</summary>
    public OnnxEncoder(EncoderWeights weights, Pooling pooling, bool normalize, int threads, EncoderPrecision precision = EncoderPrecision.Float32)
        : this(new CheckpointGraphWeights(weights), pooling, normalize, threads, precision)
    {
    }

    /// <summary>The cores that calls compute on; other work for the same texts takes its share from them.</summary>
    public CoreLimit Cores { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimensions { get; }

    /// <summary>Encodes a batch.</summary>
    /// <param name="batch">Ids that the model has, no longer than it takes.</param>
    /// <param name="cancellationToken">Stops within the batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public EmbeddingMatrix Encode(TokenBatch batch, CancellationToken cancellationToken = default) => Encode(batch, alone: false, cancellationToken);

    /// <summary>Encodes a batch beside which its caller has nothing else to do: on all cores if no other caller computes.</summary>
    /// <inheritdoc cref="Encode(TokenBatch, CancellationToken)"/>
    public EmbeddingMatrix EncodeAlone(TokenBatch batch, CancellationToken cancellationToken = default) => Encode(batch, alone: true, cancellationToken);

    /// <summary>Releases the sessions and the weights. No call may be running.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _sessions.Dispose();
            Cores.Dispose();
        }
    }

    private EmbeddingMatrix Encode(TokenBatch batch, bool alone, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SentenceEncoder));
        var embeddings = new float[batch.Count * Dimensions];
        if (batch.Count > 0)
        {
            using var lease = alone ? Cores.TakeAllIfFree(cancellationToken) : Cores.Take(cancellationToken);
            Run(lease.HasAll && Cores.Threads > 1 ? _sessions.AllCores : _sessions.OneCore, batch, embeddings, cancellationToken);
        }

        return new EmbeddingMatrix(embeddings, batch.Count, Dimensions);
    }

    private void Run(InferenceSession session, TokenBatch batch, float[] embeddings, CancellationToken cancellationToken)
    {
        long[] shape = [batch.Count, batch.Length];
        using var ids = OrtValue.CreateTensorValueFromMemory(batch.Ids, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(batch.Mask, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new int[batch.Ids.Length], shape);
        using var output = OrtValue.CreateTensorValueFromMemory(embeddings, [batch.Count, Dimensions]);
        using var options = new RunOptions();
        using var registration = cancellationToken.Register(() => options.Terminate = true);
        try
        {
            session.Run(options, Inputs, [ids, mask, types], Outputs, [output]);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
