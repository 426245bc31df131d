using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>An encoder without pooling: ids → hidden states. Thread-safe; a call computes in a <see cref="Workspace"/> of its own.</summary>
internal sealed class Transformer : IDisposable
{
    private readonly EmbeddingLayer _embeddings;
    private readonly TransformerLayer[] _layers;

    /// <param name="weights">A complete encoder; the file behind it may be closed afterwards.</param>
    /// <param name="precision">What is multiplied.</param>
    /// <param name="threads">How many may share a batch.</param>
    public Transformer(GraphWeights weights, EncoderPrecision precision, int threads)
    {
        var linears = new LinearFactory(weights, precision, threads);
        _embeddings = new EmbeddingLayer(weights, precision);
        _layers = [.. Enumerable.Range(0, weights.Config.Layers).Select(index => new TransformerLayer(weights, index, linears))];
    }

    /// <summary>What is told when hidden states are complete.</summary>
    /// <param name="layer">After which layer, 0 being the embeddings.</param>
    /// <param name="hidden">[tokens, hidden], or [texts, hidden] when only first tokens are there.</param>
    /// <param name="firstOnly">Whether that is so: after the last layer, when no others are wanted.</param>
    public delegate void LayerReached(int layer, Activations hidden, bool firstOnly);

    /// <summary>Computes a batch.</summary>
    /// <param name="batch">At least one text.</param>
    /// <param name="firstOnly">Whether only first tokens are wanted of the last layer.</param>
    /// <param name="workspace">Where it is computed.</param>
    /// <param name="team">Who computes.</param>
    /// <param name="reached">Told after the embeddings and each layer.</param>
    public void Run(TransformerInput batch, bool firstOnly, Workspace workspace, Team team, LayerReached reached)
    {
        _embeddings.Apply(batch, workspace.Hidden, team);
        reached(0, workspace.Hidden, false);
        for (var index = 0; index < _layers.Length; index++)
        {
            var reduces = firstOnly && index == _layers.Length - 1;
            _layers[index].Apply(batch, reduces, workspace, team);
            reached(index + 1, workspace.Hidden, reduces);
        }
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
    }
}
