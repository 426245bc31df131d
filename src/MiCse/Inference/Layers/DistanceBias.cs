using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>What the distance of key and query adds to the scores of each head (<see cref="RelativeBias"/>). Thread-safe.</summary>
internal sealed class DistanceBias
{
    private readonly int _farthest;
    private readonly float[][] _biases; // of each head, by distance from -farthest on

    /// <param name="weights">A complete encoder.</param>
    /// <param name="bias">How distances are put into buckets.</param>
    public DistanceBias(GraphWeights weights, RelativeBias bias)
    {
        var (heads, root) = (weights.Config.Heads, MathF.Sqrt(weights.Config.HeadSize));
        var table = weights.Float(WeightNames.RelativeBias).ToSingles(); // [rows, heads]
        _farthest = weights.Config.MaxTokens - 1;
        var rows = Enumerable.Range(-_farthest, 2 * _farthest + 1).Select(bias.Bucket).ToArray();
        // Scores are divided by the root when all is added up.
        _biases = [.. Enumerable.Range(0, heads).Select(head => Array.ConvertAll(rows, row => table[row * heads + head] * root))];
    }

    /// <summary>Adds to the scores of a query, before they are divided by √size.</summary>
    /// <param name="head">The head.</param>
    /// <param name="query">Place of the query.</param>
    /// <param name="firstKey">Place of the key of the first score.</param>
    /// <param name="scores">The scores of that key and those that follow.</param>
    public void AddTo(int head, int query, int firstKey, Span<float> scores) =>
        TensorPrimitives.Add(scores, _biases[head].AsSpan(_farthest + firstKey - query, scores.Length), scores);
}
