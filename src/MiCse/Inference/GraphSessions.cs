using Microsoft.ML.OnnxRuntime;

namespace MiCse.Inference;

/// <summary>
/// Sessions on a graph of this library: one that computes a call on one core, and one, made when it is first wanted, that shares a call's
/// work among all. They read the same weights in memory, and ONNX Runtime's packed copy of them too. Thread-safe.
/// </summary>
internal sealed class GraphSessions : IDisposable
{
    private readonly WeightMemory _weightMemory = new();
    private readonly PrePackedWeightsContainer _packed = new();
    private readonly SessionOptions _options = new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        // Batches have many shapes, so a pattern would be kept for each. The graph is fused already.
        EnableMemoryPattern = false,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        // What goes wrong comes as an exception; a library does not write to the console.
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
    };

    private readonly Lazy<InferenceSession> _allCores;

    /// <summary>Creates the session for one core.</summary>
    /// <param name="graph">The graph; the memory behind its weights is held until disposal.</param>
    /// <param name="threads">Threads of <see cref="AllCores"/>.</param>
    public GraphSessions(BertOnnxGraph graph, int threads)
    {
        try
        {
            foreach (var (name, weight) in graph.WeightsUsed)
            {
                _weightMemory.AddTo(_options, name, weight);
            }

            // Weights that are never shared need not be looked up by their content.
            OneCore = threads == 1 ? new InferenceSession(graph.Model, _options) : new InferenceSession(graph.Model, _options, _packed);
        }
        catch
        {
            DisposeMemory();
            throw;
        }

        _allCores = new Lazy<InferenceSession>(() =>
        {
            _options.IntraOpNumThreads = threads;
            return new InferenceSession(graph.Model, _options, _packed);
        });
    }

    /// <summary>A call computes on its caller's thread.</summary>
    public InferenceSession OneCore { get; }

    /// <summary>A call computes on its caller's thread and others.</summary>
    public InferenceSession AllCores => _allCores.Value;

    /// <summary>Releases the sessions, then the weights. No call may be running.</summary>
    public void Dispose()
    {
        OneCore.Dispose();
        if (_allCores.IsValueCreated)
        {
            _allCores.Value.Dispose();
        }

        DisposeMemory();
    }

    private void DisposeMemory()
    {
        _options.Dispose();
        _packed.Dispose();
        _weightMemory.Dispose();
    }
}
