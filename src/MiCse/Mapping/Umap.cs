using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>
/// A map of embeddings in the plane: what is near by cosine lies near in the map (McInnes, Healy, Melville: "UMAP: Uniform Manifold Approximation and
/// Projection", 2018). Neighbours are exact, points start at their principal components, and the same seed gives the same map on any number of
/// threads. Immutable and thread-safe.
/// </summary>
public sealed class Umap
{
    private const int ManyPoints = 10_000;

    // About what they cost of the whole.
    private const double NeighborShare = 0.4;

    private readonly EmbeddingMatrix _vectors;
    private readonly UmapCurve _curve;
    private readonly float[] _points;

    private Umap(EmbeddingMatrix vectors, UmapCurve curve, float[] points, UmapOptions options)
    {
        _vectors = vectors;
        _curve = curve;
        _points = points;
        Options = options;
    }

    /// <summary>How the map was drawn.</summary>
    public UmapOptions Options { get; }

    /// <summary>The places of the texts: shape [texts, 2], a copy; their mean is 0.</summary>
    public EmbeddingMatrix Points => new([.. _points], _points.Length / 2, 2);

    /// <summary>Draws a map.</summary>
    /// <param name="embeddings">Shape [texts, dimensions]; their lengths do not matter. No rows give an empty map, one row a point at 0.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="progress">Receives the share of the work that is done, 0 to 1, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    /// <exception cref="ArgumentException">An embedding holds NaN or infinity, or an option is out of its range; the message says which.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Umap Fit(
        EmbeddingMatrix embeddings, UmapOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        options ??= new UmapOptions();
        options.Validate();
        var parallel = options.Parallel(cancellationToken);
        var vectors = UnitRows.Of(embeddings);
        var curve = UmapCurve.Fit(options.MinDistance, options.Spread);
        var neighbors = NearestNeighbors.Of(vectors, options.Neighbors - 1, Share(progress, 0, NeighborShare, vectors.Count), parallel);
        var graph = UmapGraph.Mutual(neighbors, parallel);
        var points = UmapStart.Principal(vectors, options.Seed, parallel);
        var epochs = options.Epochs ?? (vectors.Count <= ManyPoints ? 500 : 200);
        new UmapLayout(graph, curve, options, epochs, options.LearningRate)
            .Arrange(points, Share(progress, NeighborShare, 1 - NeighborShare, epochs), parallel);
        Center(points);
        return new Umap(vectors, curve, points, options);
    }

    /// <summary>Places new embeddings in this map, which stays as it is; where one lands does not depend on the others.</summary>
    /// <param name="embeddings">Shape [texts, dimensions], from the model that made the map's.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    /// <returns>Shape [texts, 2].</returns>
    /// <exception cref="ArgumentException">Other dimensions, NaN or infinity.</exception>
    /// <exception cref="InvalidOperationException">The map has no points.</exception>
    public EmbeddingMatrix Transform(EmbeddingMatrix embeddings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Dimensions != _vectors.Dimensions)
        {
            throw new ArgumentException($"Embeddings of {embeddings.Dimensions} dimensions have no place on a map of {_vectors.Dimensions}.", nameof(embeddings));
        }

        if (_vectors.Count == 0)
        {
            throw new InvalidOperationException("The map has no points, so nothing can be placed among them.");
        }

        // A third of the passes and a quarter of the steps that the map took, as in umap-learn: new points start near where they belong.
        var parallel = Options.Parallel(cancellationToken);
        var neighbors = NearestNeighbors.Between(UnitRows.Of(embeddings), _vectors, Options.Neighbors, parallel);
        var graph = UmapGraph.Towards(neighbors, parallel);
        var points = UmapStart.Between(graph, _points);
        var epochs = Math.Max(1, (Options.Epochs ?? 300) / 3);
        new UmapLayout(graph, _curve, Options, epochs, Options.LearningRate / 4).ArrangeAmong(_points, points, parallel);
        return new EmbeddingMatrix(points, embeddings.Count, 2);
    }

    private static void Center(float[] points)
    {
        for (var axis = 0; axis < 2; axis++)
        {
            var sum = 0.0;
            for (var i = axis; i < points.Length; i += 2)
            {
                sum += points[i];
            }

            var mean = (float)(sum / (points.Length / 2));
            for (var i = axis; i < points.Length; i += 2)
            {
                points[i] -= mean;
            }
        }
    }

    private static ShareProgress? Share(IProgress<double>? progress, double before, double share, int total) =>
        progress is null ? null : new ShareProgress(progress, before, share / Math.Max(1, total));

    private sealed class ShareProgress(IProgress<double> progress, double before, double each) : IProgress<int>
    {
        public void Report(int value) => progress.Report(before + each * value);
    }
}
