using System.Collections.Concurrent;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Inference;

/// <summary>
/// The engine in C#: a call computes on its caller's thread. Many small batches, one a core, are what runs fastest; a batch that is alone may be shared by
/// all cores, which gives the same bytes: work is shared by rows and columns, and no sum is cut.
/// </summary>
internal sealed class CpuEngine : IEncoderEngine
{
    private readonly EncoderShape _config;
    private readonly EncoderPrecision _precision;
    private readonly Transformer _transformer;
    private readonly PoolingLayer _pooling;
    private readonly VectorModules _modules;
    private readonly int _pooledSize;
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <summary>Packs the weights. The file behind <paramref name="weights"/> may be closed then.</summary>
    /// <param name="weights">A complete encoder.</param>
    /// <param name="chain">What is computed from the hidden states.</param>
    /// <param name="modules">The weights of the chain's modules.</param>
    /// <param name="threads">How many threads compute at a time.</param>
    /// <param name="precision">What is multiplied; the modules of the chain are computed in float32.</param>
    public CpuEngine(GraphWeights weights, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads, EncoderPrecision precision)
    {
        _config = weights.Config;
        _precision = precision;
        Workers = threads;
        _transformer = new Transformer(weights, precision, threads);
        _pooling = new PoolingLayer(weights, chain.Poolings, new LinearFactory(weights, precision, threads));
        _modules = new VectorModules(chain.Modules, modules);
        _pooledSize = chain.PooledSize(_config.HiddenSize);
        Dimensions = chain.SizeAfter(_pooledSize);
    }

    /// <summary>The same for the weights of a checkpoint, one pooling, and the scaling to length 1 if wanted.</summary>
    public CpuEngine(EncoderWeights weights, Pooling pooling, bool normalize, int threads, EncoderPrecision precision = EncoderPrecision.Float32)
        : this(new CheckpointGraphWeights(weights, InputMeasurement.Of), EmbeddingChain.Of(pooling, normalize), new Dictionary<string, Tensor>(), threads, precision)
    {
    }

    public string Name => "cpu";

    public int Dimensions { get; }

    public int Workers { get; }

    public BatchSize BatchSize => new(Least: 64, Most: 512);

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken) =>
        EncodeAsync(texts, new Team(workers, cancellationToken));

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, Action pause, CancellationToken cancellationToken) =>
        EncodeAsync(texts, new Team(workers, cancellationToken, pause));

    public ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken) =>
        ValueTask.FromResult(HiddenStates(new TransformerInput([ids]), [_config.Layers], new Team(workers, cancellationToken))[0]);

    public ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, AttentionMaps maps, int workers, CancellationToken cancellationToken)
    {
        maps.Reserve(_config.Layers, _config.Heads, ids.Length);
        return ValueTask.FromResult(HiddenStates(new TransformerInput([ids]), [_config.Layers], new Team(workers, cancellationToken), maps)[0]);
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="batch">Any number of texts.</param>
    /// <param name="team">The worker threads.</param>
    /// <param name="firstOnly">Whether the last layer computes first tokens alone: only if the pooling reads no others, and then the bytes are the same.</param>
    public EmbeddingMatrix Encode(TransformerInput batch, Team team, bool firstOnly)
    {
        var vectors = new float[batch.Count * _pooledSize];
        var embeddings = _modules.IsEmpty ? vectors : new float[batch.Count * Dimensions];
        if (batch.Count > 0)
        {
            InWorkspace(workspace =>
            {
                var hidden = _transformer.Run(batch, _pooling.Layers, firstOnly, workspace, team);
                _pooling.Apply(hidden, firstOnly, batch, vectors, workspace, team);
            });
            if (!_modules.IsEmpty)
            {
                _modules.Apply(vectors, embeddings, batch.Count, team);
            }
        }

        return new EmbeddingMatrix(embeddings, batch.Count, Dimensions);
    }

    /// <summary>Computes the hidden states of all tokens of a batch.</summary>
    /// <param name="batch">At least one text.</param>
    /// <param name="layers">After which layers, ascending; 0 means the embeddings.</param>
    /// <param name="team">The worker threads.</param>
    /// <param name="maps">Receives the attention maps of the one text; null for nobody.</param>
    /// <returns>For each of <paramref name="layers"/> [tokens, hidden].</returns>
    public IReadOnlyList<EmbeddingMatrix> HiddenStates(TransformerInput batch, int[] layers, Team team, AttentionMaps? maps = null)
    {
        var states = Array.ConvertAll(layers, _ => new EmbeddingMatrix(batch.Tokens, _config.HiddenSize));
        InWorkspace(workspace =>
        {
            workspace.Maps = maps;
            var hidden = _transformer.Run(batch, layers, firstOnly: false, workspace, team);
            workspace.Maps = null;
            for (var index = 0; index < layers.Length; index++)
            {
                for (var token = 0; token < batch.Tokens; token++)
                {
                    hidden[index].Row(token).CopyTo(states[index][token]);
                }
            }
        });
        return states;
    }

    /// <summary>Releases the weights. No call may be running.</summary>
    public void Dispose()
    {
        _transformer.Dispose();
        _pooling.Dispose();
        while (_workspaces.TryTake(out var workspace))
        {
            workspace.Dispose();
        }
    }

    private ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, Team team)
    {
        var (ids, leftOut) = (new int[texts.Count][], new int[texts.Count]);
        for (var text = 0; text < ids.Length; text++)
        {
            (ids[text], leftOut[text]) = (texts[text].Ids, texts[text].LeftOut);
        }

        return ValueTask.FromResult(Encode(new TransformerInput(ids, leftOut: leftOut), team, _pooling.FirstOnly && _config.Layers > 0));
    }

    private void InWorkspace(Action<Workspace> compute)
    {
        var workspace = _workspaces.TryTake(out var used) ? used : new Workspace(_config, _precision);
        try
        {
            compute(workspace);
        }
        finally
        {
            _workspaces.Add(workspace);
        }
    }
}
