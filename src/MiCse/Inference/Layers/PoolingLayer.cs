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
    private readonly int[] _layers;
    private readonly Linear? _head;

    /// <param name="weights">A complete encoder.</param>
    /// <param name="pooling">What is computed from the hidden states.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1.</param>
    /// <param name="linears">Makes linear layers.</param>
    public PoolingLayer(GraphWeights weights, Pooling pooling, bool normalize, LinearFactory linears)
    {
        _pooling = Enum.IsDefined(pooling) ? pooling : throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Not a pooling.");
        _normalize = normalize;
        var last = weights.Config.Layers;
        int[] layers = pooling switch
        {
            Pooling.MeanOfLastTwo => [Math.Max(0, last - 1), last],
            Pooling.MeanOfFirstAndLast => [0, last],
            _ => [last],
        };
        _layers = [.. layers.Distinct()];
        _head = pooling == Pooling.Cls && weights.Head is { } head ? linears.Create(head) : null;
    }

    /// <summary>Whether only the first token's last hidden state is read.</summary>
    public bool FirstOnly => _pooling is Pooling.Cls or Pooling.ClsBeforePooler;

    /// <summary>The layers whose hidden states are read, ascending; 0 means the embeddings.</summary>
    public ReadOnlySpan<int> Layers => _layers;

    /// <summary>Computes the embeddings of a batch.</summary>
    /// <param name="hidden">The hidden states after each of <see cref="Layers"/>: [tokens, hidden], or [texts, hidden] when only first tokens are there.</param>
    /// <param name="firstOnly">Whether that is so.</param>
    /// <param name="batch">The texts.</param>
    /// <param name="embeddings">[texts, hidden], zero at first.</param>
    /// <param name="workspace">Memory for the head.</param>
    /// <param name="team">The worker threads of the head.</param>
    public void Apply(IReadOnlyList<Activations> hidden, bool firstOnly, TransformerInput batch, Span<float> embeddings, Workspace workspace, Team team)
    {
        if (FirstOnly)
        {
            SetFirst(hidden[^1], firstOnly, batch, embeddings, workspace, team);
        }
        else
        {
            foreach (var states in hidden)
            {
                AddMeans(1f / hidden.Count, states, batch, embeddings);
            }
        }

        for (var text = 0; text < batch.Count; text++)
        {
            Normalize(Row(embeddings, text, hidden[^1].Width), _normalize);
        }
    }

    /// <summary>Scales an embedding to length 1, if it is to be.</summary>
    public static void Normalize(Span<float> embedding, bool normalize)
    {
        if (normalize)
        {
            var norm = TensorPrimitives.Norm<float>(embedding);
            TensorPrimitives.Divide(embedding, norm == 0 ? 1 : norm, embedding);
        }
    }

    public void Dispose() => _head?.Dispose();

    private static void AddMeans(float share, Activations hidden, TransformerInput batch, Span<float> embeddings)
    {
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
