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
        weights.Plan.RefuseNotImplemented();
        var linears = new LinearFactory(weights, precision, threads);
        _embeddings = new EmbeddingLayer(weights, precision);
        _layers = [.. Enumerable.Range(0, weights.Config.Layers).Select(index => new TransformerLayer(weights, index, linears))];
    }

    /// <summary>Computes a batch, no further than the last layer that is wanted.</summary>
    /// <param name="batch">At least one text.</param>
    /// <param name="layers">After which layers hidden states are wanted, ascending; 0 means the embeddings.</param>
    /// <param name="firstOnly">Whether of the last of these layers only the first token of each text is wanted.</param>
    /// <param name="workspace">The memory of this call.</param>
    /// <param name="team">The worker threads.</param>
    /// <returns>
    /// The hidden states after each of <paramref name="layers"/>: [tokens, hidden], but [texts, hidden] after the last one if <paramref name="firstOnly"/>.
    /// They lie in the workspace.
    /// </returns>
    public IReadOnlyList<Activations> Run(TransformerInput batch, ReadOnlySpan<int> layers, bool firstOnly, Workspace workspace, Team team)
    {
        var wanted = new Activations[layers.Length];
        var last = layers[^1];
        _embeddings.Apply(batch, workspace.Hidden, team);
        for (var layer = 0; ; layer++)
        {
            if (layers.IndexOf(layer) is >= 0 and var index)
            {
                // The next layer overwrites the hidden states.
                wanted[index] = layer == last ? workspace.Hidden : workspace.CopyHidden(index, batch.Tokens);
            }

            if (layer == last)
            {
                return wanted;
            }

            _layers[layer].Apply(batch, firstOnly && layer + 1 == last, workspace, team);
        }
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
    }
}
