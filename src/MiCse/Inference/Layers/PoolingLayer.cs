using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>Hidden states → embeddings. Thread-safe.</summary>
internal sealed class PoolingLayer : IDisposable
{
    private readonly Pooling _pooling;
    private readonly bool _normalize;
    private readonly int _lastLayer;
    private readonly Linear? _head;

    /// <param name="weights">A complete encoder.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="linears">Makes linear layers.</param>
    public PoolingLayer(GraphWeights weights, Pooling pooling, bool normalize, LinearFactory linears)
    {
        _pooling = Enum.IsDefined(pooling) ? pooling : throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Not a pooling.");
        _normalize = normalize;
        _lastLayer = weights.Config.Layers;
        _head = pooling == Pooling.Cls && weights.Head is { } head ? linears.Create(head) : null;
    }

    /// <summary>Whether only the first token's last hidden state is read.</summary>
    public bool FirstOnly => _pooling is Pooling.Cls or Pooling.ClsBeforePooler;

    /// <summary>Takes what it needs of the hidden states after a layer; when the last layer is reached, the embeddings are complete.</summary>
    /// <param name="layer">The layer, 0 being the embeddings.</param>
    /// <param name="hidden">[tokens, hidden], or [texts, hidden] when only first tokens are there.</param>
    /// <param name="firstOnly">Whether that is so.</param>
    /// <param name="batch">The texts.</param>
    /// <param name="embeddings">[texts, hidden], zero before the first layer.</param>
    /// <param name="workspace">Memory for the head.</param>
    /// <param name="team">Who computes the head.</param>
    public void Take(int layer, Activations hidden, bool firstOnly, TransformerInput batch, Span<float> embeddings, Workspace workspace, Team team)
    {
        if (!FirstOnly)
        {
            AddMeans(ShareOf(layer), hidden, batch, embeddings);
        }
        else if (layer == _lastLayer)
        {
            SetFirst(hidden, firstOnly, batch, embeddings, workspace, team);
        }

        if (layer == _lastLayer && _normalize)
        {
            for (var text = 0; text < batch.Count; text++)
            {
                var embedding = Row(embeddings, text, hidden.Width);
                var norm = TensorPrimitives.Norm<float>(embedding);
                TensorPrimitives.Divide(embedding, norm == 0 ? 1 : norm, embedding);
            }
        }
    }

    public void Dispose() => _head?.Dispose();

    /// <summary>The share of a layer in the mean over layers.</summary>
    private float ShareOf(int layer)
    {
        var other = _pooling switch
        {
            Pooling.MeanOfLastTwo => Math.Max(0, _lastLayer - 1),
            Pooling.MeanOfFirstAndLast => 0,
            _ => _lastLayer,
        };
        return (layer == _lastLayer ? 0.5f : 0) + (layer == other ? 0.5f : 0);
    }

    private static void AddMeans(float share, Activations hidden, TransformerInput batch, Span<float> embeddings)
    {
        if (share == 0)
        {
            return;
        }

        for (var text = 0; text < batch.Count; text++)
        {
            var mask = batch.Mask(text);
            var weight = share / (mask.IsEmpty ? batch.Length(text) : TensorPrimitives.Sum(mask));
            var embedding = Row(embeddings, text, hidden.Width);
            for (var token = 0; token < batch.Length(text); token++)
            {
                if (mask.IsEmpty || mask[token] != 0)
                {
                    TensorPrimitives.MultiplyAdd(hidden.Row(batch.Starts[text] + token), weight, embedding, embedding);
                }
            }
        }
    }

    private void SetFirst(Activations hidden, bool firstOnly, TransformerInput batch, Span<float> embeddings, Workspace workspace, Team team)
    {
        if (!firstOnly)
        {
            workspace.FirstRows.CopyRows(hidden, batch.Starts);
            hidden = workspace.FirstRows;
        }

        if (_head is not null)
        {
            _head.Apply(hidden, workspace.Queries, batch.Count, static (values, _) => TensorPrimitives.Tanh(values, values), workspace, team);
            hidden = workspace.Queries;
        }

        for (var text = 0; text < batch.Count; text++)
        {
            hidden.Row(text).CopyTo(Row(embeddings, text, hidden.Width));
        }
    }

    private static Span<float> Row(Span<float> embeddings, int text, int width) => embeddings.Slice(text * width, width);
}
