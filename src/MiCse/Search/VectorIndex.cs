using MiCse.Files;
using MiCse.Search.Files;
using MiCse.Search.Scan;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>
/// Texts, their ids and their vectors in a folder, memory-mapped, to be searched exactly. An open index shows the folder as it was when it was
/// opened; what a <see cref="VectorIndexWriter"/> commits meanwhile is seen by those who open it afterwards. Thread-safe, except for
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

    /// <summary>The <paramref name="k"/> rows that are most like a vector, best first; of equal scores the smaller id first (shorter ids before longer ones).</summary>
    /// <param name="query">A vector of the index's model.</param>
    /// <param name="k">How many; fewer come back when there are no more.</param>
    /// <param name="options">Measure, least score, threads.</param>
    /// <param name="cancellationToken">Stops within a block of rows.</param>
    /// <exception cref="ArgumentException">The vector has another length or numbers that are not finite, or <paramref name="k"/> is less than 1.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, SearchOptions? options = null, CancellationToken cancellationToken = default) =>
        Search(new EmbeddingMatrix(query.ToArray(), 1, Math.Max(1, query.Length)), k, options, cancellationToken)[0];

    /// <summary>The same for many vectors, which is faster than one after the other: the rows are read once for all of them.</summary>
    /// <param name="queries">Vectors of the index's model.</param>
    /// <param name="k">How many hits each; fewer come back when there are no more.</param>
    /// <param name="options">Measure, least score, threads.</param>
    /// <param name="cancellationToken">Stops within a block of rows.</param>
    /// <exception cref="ArgumentException">A vector has another length or numbers that are not finite, or <paramref name="k"/> is less than 1.</exception>
    public IReadOnlyList<IReadOnlyList<SearchHit>> Search(
        EmbeddingMatrix queries, int k, SearchOptions? options = null, CancellationToken cancellationToken = default) =>
        Search(queries, k, options, [.. _segments.Select(segment => segment.Removed)], cancellationToken);

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

        var rows = new SegmentRows(_segments, without);
        var request = new ScanRequest(queries, norms, Math.Min(k, count), options.Measure, options.MinScore, Precision == IndexPrecision.Int8);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        return [.. ExactSearch.ByRows(request, rows, parallel).Select(best => (IReadOnlyList<SearchHit>)
            [.. best.Select(hit => new SearchHit(RowId.Decode(rows.Id(hit.Row)), hit.Score, RowId.Decode(rows.Text(hit.Row))))])];
    }

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
