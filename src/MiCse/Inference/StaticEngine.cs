using System.Numerics.Tensors;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Inference;

/// <summary>The engine of a table of static embeddings: the mean of the tokens' vectors, then the modules of the chain. A text without tokens is zeros before them.</summary>
internal sealed class StaticEngine : IEncoderEngine
{
    private readonly StaticTable _table;
    private readonly VectorModules _modules;

    /// <param name="table">The table.</param>
    /// <param name="chain">Its modules; it has no pooling.</param>
    /// <param name="modules">The weights of the chain's modules.</param>
    /// <param name="threads">How many threads compute at a time.</param>
    public StaticEngine(StaticTable table, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads)
    {
        _table = table;
        _modules = new VectorModules(chain.Modules, modules);
        Dimensions = chain.SizeAfter(table.Dimensions);
        Workers = threads;
    }

    public string Name => "static";

    public int Dimensions { get; }

    public int Workers { get; }

    // A token costs an addition, not a pass through layers: handing work over would cost more than small batches save.
    public BatchSize BatchSize => new(Least: 4_096, Most: 16_384);

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken)
    {
        var team = new Team(workers, cancellationToken);
        var vectors = new float[texts.Count * _table.Dimensions];
        team.Share(texts.Count, (from, to) =>
        {
            for (var text = from; text < to; text++)
            {
                SetMean(texts[text].Ids, vectors.AsSpan(text * _table.Dimensions, _table.Dimensions));
            }
        });
        var embeddings = vectors;
        if (!_modules.IsEmpty && texts.Count > 0)
        {
            embeddings = new float[texts.Count * Dimensions];
            _modules.Apply(vectors, embeddings, texts.Count, team);
        }

        return ValueTask.FromResult(new EmbeddingMatrix(embeddings, texts.Count, Dimensions));
    }

    public ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken)
    {
        var states = new EmbeddingMatrix(ids.Length, _table.Dimensions);
        for (var token = 0; token < ids.Length; token++)
        {
            TensorPrimitives.Multiply(_table.Row(ids[token]), _table.Weight(ids[token]), states[token]);
        }

        return ValueTask.FromResult(states);
    }

    public void Dispose()
    {
    }

    private void SetMean(int[] ids, Span<float> mean)
    {
        foreach (var id in ids)
        {
            TensorPrimitives.MultiplyAdd(_table.Row(id), _table.Weight(id), mean, mean);
        }

        TensorPrimitives.Divide(mean, Math.Max(1, ids.Length), mean);
    }
}
