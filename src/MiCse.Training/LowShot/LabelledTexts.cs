using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Training.LowShot;

/// <summary>
/// Texts of a domain with labels, such as the titles of news with their topics: an encoder that knows the domain finds texts of the same topic next to each other. Immutable and
/// thread-safe.
/// </summary>
public sealed class LabelledTexts
{
    /// <summary>The name of the score.</summary>
    internal const string TaskName = "Retrieval";

    /// <summary>Neighbours that are looked at.</summary>
    private const int Neighbours = 10;

    private readonly string[] _texts;
    private readonly string[] _labels;

    /// <summary>Takes texts with their labels; of equal texts the first counts.</summary>
    /// <param name="rows">Texts and labels.</param>
    /// <exception cref="ArgumentException">There are fewer than two different texts, or not two labels.</exception>
    public LabelledTexts(IEnumerable<(string Text, string Label)> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (string Text, string Label)[] different = [.. rows.DistinctBy(row => row.Text, StringComparer.Ordinal)];
        _texts = [.. different.Select(row => row.Text)];
        _labels = [.. different.Select(row => row.Label)];
        if (_labels.Distinct(StringComparer.Ordinal).Count() < 2)
        {
            throw new ArgumentException($"Retrieval is scored by the labels of its texts: at least two different ones are needed, found {_labels.Distinct(StringComparer.Ordinal).Count()} in {_texts.Length} texts.");
        }
    }

    /// <summary>Precision at 10: the share of the ten nearest other texts, by cosine, that have a text's label; the mean over all texts, 0 to 1.</summary>
    internal double Score(Func<IReadOnlyList<string>, CancellationToken, EmbeddingMatrix> encode, CancellationToken cancellationToken)
    {
        var vectors = PairwiseDistances.Prepare(encode(_texts, cancellationToken), DistanceMetric.Cosine);
        var nearest = NearestNeighbors.Of(vectors, Neighbours, progress: null, new ParallelOptions { CancellationToken = cancellationToken });
        return Enumerable.Range(0, nearest.Rows).Average(row => (double)Hits(nearest.Indices(row), _labels[row]) / nearest.Count);
    }

    private int Hits(ReadOnlySpan<int> neighbours, string label)
    {
        var hits = 0;
        foreach (var neighbour in neighbours)
        {
            hits += _labels[neighbour] == label ? 1 : 0;
        }

        return hits;
    }
}
