using MiCse.Checkpoints;
using MiCse.Tokenization;
using MiCse.Vectors;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Inference;

/// <summary>
/// Token ids → embeddings on ONNX Runtime. Thread-safe: one session serves all callers. A call computes on one processor core, and at
/// most as many calls as the encoder has threads compute at a time; so a vector does not depend on the number of threads,
/// and many small batches, one a core, are also what runs fastest.
/// </summary>
internal sealed class OnnxEncoder : IDisposable
{
    private static readonly string[] Inputs = [BertOnnxGraph.Ids, BertOnnxGraph.Mask, BertOnnxGraph.TokenTypes];
    private static readonly string[] Outputs = [BertOnnxGraph.Embeddings];

    private readonly WeightMemory _weightMemory = new();
    private readonly InferenceSession _session;
    private readonly SemaphoreSlim _cores;
    private bool _disposed;

    /// <summary>Creates the session. The checkpoint behind <paramref name="weights"/> must outlive the encoder.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="threads">How many calls compute at a time.</param>
    public OnnxEncoder(EncoderWeights weights, Pooling pooling, bool normalize, int threads)
    {
        Threads = threads;
        Dimensions = weights.Config.HiddenSize;
        _cores = new SemaphoreSlim(threads);
        try
        {
            _session = CreateSession(BertOnnxGraph.Build(weights, pooling, normalize), weights, _weightMemory);
        }
        catch
        {
            _weightMemory.Dispose();
            throw;
        }
    }

    /// <summary>How many calls compute at a time.</summary>
    public int Threads { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimensions { get; }

    /// <summary>Encodes a batch.</summary>
    /// <param name="batch">Ids that the model has, no longer than it takes.</param>
    /// <param name="cancellationToken">Stops within the batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    public EmbeddingMatrix Encode(TokenBatch batch, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SentenceEncoder));
        var embeddings = new float[batch.Count * Dimensions];
        if (batch.Count > 0)
        {
            _cores.Wait(cancellationToken);
            try
            {
                Run(batch, embeddings, cancellationToken);
            }
            finally
            {
                _cores.Release();
            }
        }

        return new EmbeddingMatrix(embeddings, batch.Count, Dimensions);
    }

    /// <summary>Releases the session and the weights. No call may be running.</summary>
    public void Dispose()
    {
        _disposed = true;
        _session.Dispose();
        _weightMemory.Dispose();
        _cores.Dispose();
    }

    /// <summary>Creates a session on a graph of this library; <paramref name="memory"/> is disposed after it.</summary>
    internal static InferenceSession CreateSession(BertOnnxGraph graph, EncoderWeights weights, WeightMemory memory)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // Batches have many shapes, so a pattern would be kept for each. The graph is fused already.
            EnableMemoryPattern = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            // What goes wrong comes as an exception; a library does not write to the console.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        foreach (var name in graph.WeightsUsed)
        {
            memory.AddTo(options, name, weights[name]);
        }

        return new InferenceSession(graph.Model, options);
    }

    private void Run(TokenBatch batch, float[] embeddings, CancellationToken cancellationToken)
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
            _session.Run(options, Inputs, [ids, mask, types], Outputs, [output]);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
