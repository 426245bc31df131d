using MiCse.Files;
using MiCse.Numerics;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>
/// A map of embeddings, in the plane or in a few dimensions: what is near lies near in the map (McInnes, Healy, Melville: "UMAP: Uniform Manifold Approximation and
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

    /// <param name="vectors">As <see cref="PairwiseDistances.Prepare"/> returns them.</param>
    /// <param name="curve">How near points at a distance are.</param>
    /// <param name="points">Their places.</param>
    /// <param name="options">How they were found.</param>
    private Umap(EmbeddingMatrix vectors, UmapCurve curve, float[] points, UmapOptions options)
    {
        _vectors = vectors;
        _curve = curve;
        _points = points;
        Options = options;
    }

    /// <summary>How the map was drawn.</summary>
    public UmapOptions Options { get; }

    /// <summary>The places of the texts: shape [texts, <see cref="UmapOptions.Components"/>], a copy; their mean is 0.</summary>
    public EmbeddingMatrix Points => new([.. _points], _points.Length / Options.Components, Options.Components);

    /// <summary>Draws a map.</summary>
    /// <param name="embeddings">Shape [texts, dimensions]. No rows give an empty map, one row a point at 0.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="progress">Receives the share of the work that is done, 0 to 1, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    /// <exception cref="ArgumentException">An embedding holds NaN or infinity, or an option is out of its range; the message says which.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Umap Fit(
        EmbeddingMatrix embeddings, UmapOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        FitWatched(embeddings, options, progress, null, cancellationToken);

    /// <summary>The same, watched.</summary>
    /// <param name="embeddings">Shape [texts, dimensions].</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="progress">Receives the share of the work that is done.</param>
    /// <param name="moved">Receives the places after each epoch, which are moved on when it returns; null for nobody.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    internal static Umap FitWatched(
        EmbeddingMatrix embeddings, UmapOptions? options, IProgress<double>? progress, Action<float[]>? moved, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        options ??= new UmapOptions();
        options.Validate();
        var parallel = options.Parallel(cancellationToken);
        var vectors = PairwiseDistances.Prepare(embeddings, options.Metric);
        var curve = UmapCurve.Fit(options.MinDistance, options.Spread);
        var neighbors = NearestNeighbors.Of(vectors, options.Neighbors - 1, Share(progress, 0, NeighborShare, vectors.Count), parallel, options.Metric);
        var graph = UmapGraph.Mutual(neighbors, parallel);
        var points = UmapStart.Principal(vectors, options.Components, options.Seed, parallel);
        var epochs = options.Epochs ?? (vectors.Count <= ManyPoints ? 500 : 200);
        new UmapLayout(graph, curve, options, epochs, options.LearningRate)
            .Arrange(points, Share(progress, NeighborShare, 1 - NeighborShare, epochs), moved, parallel);
        Center(points, options.Components);
        // A copy where the caller's own would be kept: the map is immutable.
        vectors = ReferenceEquals(vectors, embeddings) ? new EmbeddingMatrix(vectors.Values.ToArray(), vectors.Count, vectors.Dimensions) : vectors;
        return new Umap(vectors, curve, points, options);
    }

    /// <summary>Places new embeddings in this map, which stays as it is; where one lands does not depend on the others.</summary>
    /// <param name="embeddings">Shape [texts, dimensions], from the model that made the map's.</param>
    /// <param name="cancellationToken">Stops within moments.</param>
    /// <returns>Shape [texts, <see cref="UmapOptions.Components"/>].</returns>
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
        var neighbors = NearestNeighbors.Between(PairwiseDistances.Prepare(embeddings, Options.Metric), _vectors, Options.Neighbors, parallel, Options.Metric);
        var graph = UmapGraph.Towards(neighbors, parallel);
        var points = UmapStart.Between(graph, _points, Options.Components);
        var epochs = Math.Max(1, (Options.Epochs ?? 300) / 3);
        new UmapLayout(graph, _curve, Options, epochs, Options.LearningRate / 4).ArrangeAmong(_points, points, parallel);
        return new EmbeddingMatrix(points, embeddings.Count, Options.Components);
    }

    /// <summary>Writes the map to a file, so that texts can be placed in it later. The file is complete or is not there.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="source">The model that made the embeddings: only its embeddings have a place in the map.</param>
    /// <exception cref="ArgumentException">The source has another number of dimensions than the embeddings.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, VectorSource source)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(source);
        if (source.Dimensions != _vectors.Dimensions)
        {
            throw new ArgumentException($"The source has {source.Dimensions} dimensions, the map's embeddings have {_vectors.Dimensions}.", nameof(source));
        }

        UmapFile.Write(path, source, Options, _vectors, _points);
    }

    /// <summary>Reads a map that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">Receives the model that made the embeddings; <see cref="VectorSource.Require(VectorSource, string)"/> refuses those of another one.</param>
    /// <param name="threads">Processor threads of later calls; null: all.</param>
    /// <exception cref="DataFormatException">The file is no map, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Umap Load(string path, out VectorSource source, int? threads = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        (source, var options, var vectors, var points) = UmapFile.Read(path);
        return new Umap(vectors, UmapCurve.Fit(options.MinDistance, options.Spread), points, options with { Threads = threads });
    }

    private static void Center(float[] points, int components)
    {
        for (var axis = 0; axis < components; axis++)
        {
            var sum = 0.0;
            for (var i = axis; i < points.Length; i += components)
            {
                sum += points[i];
            }

            var mean = (float)(sum / (points.Length / components));
            for (var i = axis; i < points.Length; i += components)
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
