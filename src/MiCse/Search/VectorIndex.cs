using MiCse.Files;
using MiCse.Numerics;
using MiCse.Search.Files;
using MiCse.Search.Scan;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>
/// Texts, their ids and their vectors in a folder, memory-mapped, to be searched exactly. An open index shows the folder as it was when it was
/// opened; what a <see cref="VectorIndexWriter"/> commits meanwhile is in every index that is opened afterwards. Thread-safe, except for
/// <see cref="Dispose"/>: no call may be running then.
/// </summary>
/// <remarks>
/// Checksums guard every byte: those of the manifest and of the tables are checked by <see cref="Open"/>, which takes milliseconds, those of the
/// rows when they are first read. Every member that reads rows can therefore throw <see cref="DataFormatException"/>.
/// </remarks>
public sealed class VectorIndex : IDisposable
{
    private readonly List<Segment> _segments;

    private VectorIndex(string path, IndexManifest manifest, List<Segment> segments)
    {
        Path = path;
        Manifest = manifest;
        _segments = segments;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where its vectors come from.</summary>
    public VectorSource Source => Manifest.Source;

    /// <summary>What searches read.</summary>
    public IndexPrecision Precision => Manifest.Precision;

    /// <summary>Rows in it.</summary>
    public int Count => _segments.Sum(segment => segment.Count);

    /// <summary>Rows that were removed or replaced and still take room; <see cref="VectorIndexWriter.Compact"/> frees it.</summary>
    public int RemovedCount => _segments.Sum(segment => segment.Removed.Count);

    /// <summary>Its size on disk.</summary>
    public long ByteCount => _segments.Sum(segment => segment.Entry.Sections.Values.Sum(section => section.Bytes));

    internal IndexManifest Manifest { get; }

    internal IReadOnlyList<Segment> Segments => _segments;

    /// <summary>Opens an index.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DataFormatException">The folder is no index, or damaged; one sentence.</exception>
    public static VectorIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        while (true)
        {
            var manifest = IndexManifest.Read(path);
            try
            {
                return new VectorIndex(path, manifest, OpenSegments(path, manifest));
            }
            catch (FileNotFoundException missing)
            {
                // Compacted between the two lines above, unless the manifest is still the same.
                if (IndexManifest.Read(path).Generation == manifest.Generation)
                {
                    throw new DataFormatException(missing.FileName ?? path, null, "is missing; build the index again, or restore it from a copy.", missing);
                }
            }
            catch (Exception failure) when (failure is FormatException or KeyNotFoundException)
            {
                throw IndexManifest.Damaged(System.IO.Path.Combine(path, IndexManifest.FileName), failure);
            }
        }
    }

    /// <summary>The <paramref name="k"/> rows that are most similar to a vector, best first; of equal scores the smaller id first (shorter ids before longer ones).</summary>
    /// <param name="query">A vector of the index's model.</param>
    /// <param name="k">How many; fewer come back when there are no more.</param>
    /// <param name="options">Measure, least score, threads.</param>
    /// <param name="cancellationToken">Stops within a block of rows.</param>
    /// <exception cref="ArgumentException">The vector has another number of dimensions or values that are not finite, or <paramref name="k"/> is less than 1.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, SearchOptions? options = null, CancellationToken cancellationToken = default) =>
        Search(new EmbeddingMatrix(query.ToArray(), 1, Math.Max(1, query.Length)), k, options, cancellationToken)[0];

    /// <summary>The same for many vectors, which is faster than one after the other: the rows are read once for all of them.</summary>
    /// <param name="queries">Vectors of the index's model.</param>
    /// <param name="k">How many hits each; fewer come back when there are no more.</param>
    /// <param name="options">Measure, least score, threads.</param>
    /// <param name="cancellationToken">Stops within a block of rows.</param>
    /// <exception cref="ArgumentException">A vector has another number of dimensions or values that are not finite, or <paramref name="k"/> is less than 1.</exception>
    public IReadOnlyList<IReadOnlyList<SearchHit>> Search(
        EmbeddingMatrix queries, int k, SearchOptions? options = null, CancellationToken cancellationToken = default) =>
        Search(queries, k, options, [.. _segments.Select(segment => segment.Removed)], cancellationToken);

    /// <summary>The share of the nearest rows that a search with some options finds, as it was measured when the index was divided into cells; 1 where it is exact.</summary>
    /// <param name="options">How is searched; null for the defaults.</param>
    public double ExpectedRecall(SearchOptions? options) => options is null ? 1 : Probes(options)?.Share ?? 1;

    /// <summary>The row with an id; null when there is none.</summary>
    public IndexRow? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var bytes = RowId.Encode(id, "id");
        foreach (var segment in _segments)
        {
            if (segment.Find(bytes, segment.Removed) is var row and >= 0)
            {
                return new IndexRow(id, RowId.Decode(segment.Text(row)), segment.Vector(row).ToArray());
            }
        }

        return null;
    }

    /// <summary>Reads everything once, so that every checksum is checked.</summary>
    /// <exception cref="DataFormatException">Something is damaged; the sentence names the file.</exception>
    public void Check(CancellationToken cancellationToken = default) => _segments.ForEach(segment => segment.Check(cancellationToken));

    /// <summary>Lets go of the files. No call may be running.</summary>
    public void Dispose() => _segments.ForEach(segment => segment.Dispose());

    /// <summary>Searches without some rows.</summary>
    /// <param name="queries">Vectors of the index's model.</param>
    /// <param name="k">How many hits each.</param>
    /// <param name="options">Measure, least score, threads.</param>
    /// <param name="without">Rows of each segment to leave out, the removed ones among them.</param>
    /// <param name="cancellationToken">Stops within a block of rows.</param>
    internal IReadOnlyList<IReadOnlyList<SearchHit>> Search(
        EmbeddingMatrix queries, int k, SearchOptions? options, IReadOnlyList<RowSet> without, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queries);
        options ??= new SearchOptions();
        if (k < 1)
        {
            throw new ArgumentException($"k is {k}; at least 1 hit must be asked for.");
        }

        if (options.Recall is { } recall && !(recall is > 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"Recall is {recall}; expected a share above 0, at most 1."));
        }

        if (options.Threads < 1)
        {
            throw new ArgumentException($"Threads is {options.Threads}; at least 1 is needed.");
        }

        var norms = new double[queries.Count];
        for (var query = 0; query < norms.Length; query++)
        {
            norms[query] = VectorRange.Norm(queries[query], Source.Dimensions, norms.Length == 1 ? "the query" : $"query {query} (counted from 0)");
        }

        var count = _segments.Select((segment, at) => segment.Rows - without[at].Count).Sum();
        if (count == 0)
        {
            return [.. norms.Select(_ => Array.Empty<SearchHit>())];
        }

        if (Probes(options) is { } probes)
        {
            return SearchCells(queries, k, options, probes.Probes, cancellationToken, without);
        }

        var rows = new SegmentRows(_segments, without);
        var request = new ScanRequest(queries, norms, Math.Min(k, count), options.Measure, options.MinScore, Precision == IndexPrecision.Int8);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        return [.. ExactSearch.ByRows(request, rows, parallel).Select(best => Hits(best, rows))];
    }

    /// <summary>Searches a few cells of segments that are divided, and all rows of the others; the hits among these are exact.</summary>
    /// <param name="queries">Vectors of the index's model, checked.</param>
    /// <param name="k">How many hits each.</param>
    /// <param name="options">Least score, threads.</param>
    /// <param name="probes">How many cells.</param>
    /// <param name="cancellationToken">Stops between queries.</param>
    /// <param name="without">Rows of each segment to leave out; null for the removed ones.</param>
    internal IReadOnlyList<IReadOnlyList<SearchHit>> SearchCells(
        EmbeddingMatrix queries, int k, SearchOptions options, int probes, CancellationToken cancellationToken, IReadOnlyList<RowSet>? without = null)
    {
        without ??= [.. _segments.Select(segment => segment.Removed)];
        var least = Math.Min(k, Count);
        var hits = new IReadOnlyList<SearchHit>[queries.Count];
        ParallelLoop.For(0, queries.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken }, query =>
        {
            var one = new EmbeddingMatrix(queries[query].ToArray(), 1, queries.Dimensions);
            var rows = new SegmentRows(_segments, without, segment => segment.Cells?.Nearest(queries[query], probes, k + segment.Removed.Count) ?? [(0, segment.Rows)]);
            var request = new ScanRequest(one, [VectorRange.Norm(one[0], Source.Dimensions, "the query")], least, SimilarityMeasure.Cosine, options.MinScore, Precision == IndexPrecision.Int8);
            hits[query] = Hits(ExactSearch.ByRows(request, rows, new ParallelOptions { MaxDegreeOfParallelism = 1, CancellationToken = cancellationToken })[0], rows);
        });
        return hits;
    }

    /// <summary>How many cells a search reads, and what that found when it was measured; null when it is exact.</summary>
    internal CellRecall? Probes(SearchOptions options) => options is { Recall: < 1 and var wanted, Measure: SimilarityMeasure.Cosine }
        ? _segments.Select(segment => segment.Entry.Recall).FirstOrDefault(recall => recall is not null)?.FirstOrDefault(recall => recall.Share >= wanted)
        : null;

    private static IReadOnlyList<SearchHit> Hits(List<ScoredRow> best, SegmentRows rows) =>
        [.. best.Select(hit => new SearchHit(RowId.Decode(rows.Id(hit.Row)), hit.Score, RowId.Decode(rows.Text(hit.Row))))];

    private static List<Segment> OpenSegments(string path, IndexManifest manifest)
    {
        var segments = new List<Segment>();
        try
        {
            foreach (var entry in manifest.Segments)
            {
                segments.Add(Segment.Open(path, entry, manifest.Source.Dimensions, manifest.Precision == IndexPrecision.Int8));
            }

            return segments;
        }
        catch
        {
            segments.ForEach(segment => segment.Dispose());
            throw;
        }
    }
}

/// <summary>One row that a search found.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Score">Its similarity to the query, computed in double precision from the vectors as they were put in.</param>
/// <param name="Text">The text beside the vector.</param>
public sealed record SearchHit(string Id, double Score, string Text);

/// <summary>A row of an index.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="Vector">Its vector as it was put in.</param>
public sealed record IndexRow(string Id, string Text, float[] Vector);

/// <summary>What a search in a <see cref="VectorIndex"/> reads. The results are the same: exact.</summary>
public enum IndexPrecision
{
    /// <summary>The vectors as they were put in.</summary>
    Float32,

    /// <summary>Vectors quantized to int8, a byte a dimension; those that were put in are read only for rows that the bytes cannot rule out.</summary>
    Int8,
}
