using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>An encoder without pooling: ids → hidden states. Thread-safe; a call computes in a <see cref="Workspace"/> of its own.</summary>
internal sealed class Transformer : IDisposable
{
    private readonly EmbeddingLayer _embeddings;
    private readonly Dictionary<int, TransformerLayer> _weights; // by the layer that has them
    private readonly (TransformerLayer Weights, SelfAttention Attention)[] _layers;
    private readonly LayerNorm? _finalNorm;

    /// <param name="weights">A complete encoder; the file behind it may be closed afterwards.</param>
    /// <param name="precision">What is multiplied.</param>
    /// <param name="threads">How many may share a batch.</param>
    /// <param name="statistics">Where inputs of linear layers are measured; null: they are not.</param>
    public Transformer(GraphWeights weights, EncoderPrecision precision, int threads, InputStatistics? statistics = null)
    {
        var (config, plan) = (weights.Config, weights.Plan);
        var linears = new LinearFactory(weights, precision, threads) { Statistics = statistics };
        _embeddings = new EmbeddingLayer(weights, precision, linears);
        _weights = [];
        foreach (var index in WeightNames.LayersWithWeights(config))
        {
            _weights.Add(index, new TransformerLayer(weights, index, linears));
        }

        var rotation = plan.Rotary is null ? null : new Rotation(plan.Rotary, config.Heads, config.HeadSize);
        var bias = plan.RelativeBias is null ? null : new DistanceBias(weights, plan.RelativeBias);
        _layers = new (TransformerLayer, SelfAttention)[config.Layers];
        for (var index = 0; index < _layers.Length; index++)
        {
            _layers[index] = (_weights[plan.WeightsOf(index)], new SelfAttention(config, index, rotation, bias));
        }

        _finalNorm = plan.FinalNorm ? LayerNorm.From(weights, WeightNames.FinalNorm) : null;
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
        workspace.Hidden.Factors = FactorsBefore(0);
        _embeddings.Apply(batch, workspace, team);
        for (var layer = 0; ; layer++)
        {
            if (layer == _layers.Length && _finalNorm is not null)
            {
                Normalize(workspace.Hidden, firstOnly && layer > 0 ? batch.Count : batch.Tokens, _finalNorm, team);
            }

            if (layers.IndexOf(layer) is >= 0 and var index)
            {
                // The next layer overwrites the hidden states.
                wanted[index] = layer == last ? workspace.Hidden : workspace.CopyHidden(index, batch.Tokens);
            }

            if (layer == last)
            {
                return wanted;
            }

            var (weights, attention) = _layers[layer];
            weights.Apply(batch, attention, firstOnly && layer + 1 == last, FactorsBefore(layer + 1), workspace, team);
        }
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        foreach (var layer in _weights.Values)
        {
            layer.Dispose();
        }
    }

    /// <summary>What hidden states are multiplied by before they are quantized for a layer.</summary>
    private float[]? FactorsBefore(int layer) => layer < _layers.Length ? _layers[layer].Weights.InputFactors : null;

    private static void Normalize(Activations hidden, int rows, LayerNorm norm, Team team) => team.Share(rows, (from, to) =>
    {
        for (var row = from; row < to; row++)
        {
            norm.Apply(hidden.Row(row));
            hidden.Complete(row, hidden.Row(row));
        }
    });
}
