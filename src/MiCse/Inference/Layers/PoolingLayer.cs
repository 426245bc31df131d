using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>Hidden states → vectors, those of several poolings side by side. Thread-safe.</summary>
internal sealed class PoolingLayer : IDisposable
{
    private readonly PoolingFormula[] _formulas;
    private readonly int[] _layers;
    private readonly int _depth;
    private readonly Linear? _head;

    /// <param name="weights">A complete encoder.</param>
    /// <param name="poolings">What is computed from the hidden states.</param>
    /// <param name="linears">Makes linear layers.</param>
    public PoolingLayer(GraphWeights weights, IReadOnlyList<Pooling> poolings, LinearFactory linears)
    {
        _depth = weights.Config.Layers;
        _formulas = new PoolingFormula[poolings.Count];
        for (var index = 0; index < _formulas.Length; index++)
        {
            _formulas[index] = PoolingFormula.Of(poolings[index]);
        }

        _layers = LayersOf(_formulas, _depth);
        _head = Array.Exists(_formulas, formula => formula.HasHead) && weights.Head is { } head ? linears.Create(head) : null;
    }

    /// <summary>Whether only the first token's last hidden state is read.</summary>
    public bool FirstOnly => Array.TrueForAll(_formulas, formula => formula.Reduction == TokenReduction.First);

    /// <summary>The layers whose hidden states are read, ascending; 0 means the embeddings.</summary>
    public ReadOnlySpan<int> Layers => _layers;

    /// <summary>Computes the vectors of a batch.</summary>
    /// <param name="hidden">The hidden states after each of <see cref="Layers"/>: [tokens, hidden], or [texts, hidden] when only first tokens are there.</param>
    /// <param name="firstOnly">Whether that is so.</param>
    /// <param name="batch">The texts.</param>
    /// <param name="vectors">[texts, poolings · hidden], zero at first.</param>
    /// <param name="workspace">Memory for the head.</param>
    /// <param name="team">The worker threads.</param>
    public void Apply(IReadOnlyList<Activations> hidden, bool firstOnly, TransformerInput batch, float[] vectors, Workspace workspace, Team team)
    {
        for (var index = 0; index < _formulas.Length; index++)
        {
            var formula = _formulas[index];
            var target = new Target(vectors, _formulas.Length, index, hidden[^1].Width);
            if (formula.Reduction == TokenReduction.First)
            {
                SetFirst(hidden[^1], firstOnly, formula.HasHead ? _head : null, batch, target, workspace, team);
                continue;
            }

            var layers = formula.LayersOf(_depth);
            foreach (var layer in layers)
            {
                var states = hidden[Array.IndexOf(_layers, layer)];
                for (var text = 0; text < batch.Count; text++)
                {
                    Reduce(formula.Reduction, 1f / layers.Length, states, batch, text, target.Of(text));
                }
            }
        }
    }

    public void Dispose() => _head?.Dispose();

    private static int[] LayersOf(PoolingFormula[] formulas, int depth)
    {
        var layers = new List<int>();
        foreach (var formula in formulas)
        {
            foreach (var layer in formula.LayersOf(depth))
            {
                if (!layers.Contains(layer))
                {
                    layers.Add(layer);
                }
            }
        }

        layers.Sort();
        return [.. layers];
    }

    private static void Reduce(TokenReduction reduction, float share, Activations hidden, TransformerInput batch, int text, Span<float> vector)
    {
        var counting = new CountingTokens(batch, text);
        switch (reduction)
        {
            case TokenReduction.Last:
                if (counting.Last is { } last)
                {
                    hidden.Row(batch.Starts[text] + last).CopyTo(vector);
                }

                break;
            case TokenReduction.Max:
                vector.Fill(PoolingConstants.MaskedValue);
                for (var token = 0; token < batch.Length(text); token++)
                {
                    if (counting.Contains(token))
                    {
                        TensorPrimitives.Max(vector, hidden.Row(batch.Starts[text] + token), vector);
                    }
                }

                break;
            default:
                var (isByPlace, sum) = (reduction == TokenReduction.WeightedMean, MathF.Max(counting.SumOfWeights(reduction == TokenReduction.WeightedMean), PoolingConstants.LeastWeight));
                var weight = share / (reduction == TokenReduction.MeanSqrtLength ? MathF.Sqrt(sum) : sum);
                for (var token = 0; token < batch.Length(text); token++)
                {
                    if (counting.Contains(token))
                    {
                        TensorPrimitives.MultiplyAdd(hidden.Row(batch.Starts[text] + token), isByPlace ? weight * (token + 1) : weight, vector, vector);
                    }
                }

                break;
        }
    }

    private static void SetFirst(Activations hidden, bool firstOnly, Linear? head, TransformerInput batch, Target target, Workspace workspace, Team team)
    {
        if (!firstOnly)
        {
            workspace.FirstRows.CopyRows(hidden, batch.Starts);
            hidden = workspace.FirstRows;
        }

        if (head is not null)
        {
            head.Apply(hidden, workspace.Queries, batch.Count, static (values, _) => TensorPrimitives.Tanh(values, values), workspace, team);
            hidden = workspace.Queries;
        }

        for (var text = 0; text < batch.Count; text++)
        {
            hidden.Row(text).CopyTo(target.Of(text));
        }
    }

    /// <summary>Where the vectors of one pooling go.</summary>
    private readonly record struct Target(float[] Vectors, int Poolings, int Index, int Width)
    {
        public Span<float> Of(int text) => Vectors.AsSpan(((text * Poolings) + Index) * Width, Width);
    }

    /// <summary>The tokens of a text that a pooling counts.</summary>
    private readonly ref struct CountingTokens(TransformerInput batch, int text)
    {
        private readonly ReadOnlySpan<int> _mask = batch.Mask(text);
        private readonly int _length = batch.Length(text);
        private readonly int _leftOut = batch.LeftOut(text);

        public int? Last
        {
            get
            {
                for (var token = _length - 1; token >= 0; token--)
                {
                    if (Contains(token))
                    {
                        return token;
                    }
                }

                return null;
            }
        }

        public bool Contains(int token) => token >= _leftOut && (_mask.IsEmpty || _mask[token] != 0);

        public float SumOfWeights(bool byPlace)
        {
            var sum = 0L;
            for (var token = 0; token < _length; token++)
            {
                sum += Contains(token) ? byPlace ? token + 1 : 1 : 0;
            }

            return sum;
        }
    }
}
