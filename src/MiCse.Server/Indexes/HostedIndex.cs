using MiCse.Files;
using MiCse.Search;
using MiCse.Search.Files;
using MiCse.Search.Scan;
using MiCse.Server.Models;
using MiCse.Server.Requests;
using MiCse.Vectors;

namespace MiCse.Server.Indexes;

/// <summary>An index that requests search and change. What a change has committed is seen by searches that begin afterwards. Thread-safe.</summary>
internal sealed class HostedIndex : IDisposable
{
    private readonly ModelHost _models;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly string _folder;
    private SharedIndex _index;
    private HostedModel? _model;

    /// <exception cref="DataFormatException">The folder is no index.</exception>
    public HostedIndex(string name, string folder, ModelHost models)
    {
        (Name, _folder, _models) = (name, folder, models);
        _index = new SharedIndex(folder);
    }

    public string Name { get; }

    public IndexSummary Summary
    {
        get
        {
            using var shared = Use();
            return new IndexSummary(Name, shared.Index.Count, Path.GetFileName(Path.TrimEndingDirectorySeparator(shared.Index.Source.Model)), shared.Index.Source.Dimensions);
        }
    }

    /// <summary>The model that the vectors come from.</summary>
    /// <exception cref="RefusalException">The server does not have it.</exception>
    public async Task<HostedModel> ModelAsync(CancellationToken cancellationToken)
    {
        if (_model is { } known)
        {
            return known;
        }

        using var shared = Use();
        RefusalException? notLoaded = null;
        foreach (var model in _models.Models.OrderBy(model => model.Encoder is null))
        {
            try
            {
                using var lease = await _models.UseAsync(model, cancellationToken).ConfigureAwait(false);
                shared.Index.Source.Require(VectorSource.Of(lease.Encoder), _folder);
                return _model = model;
            }
            catch (DataFormatException)
            {
                // Of another model.
            }
            catch (RefusalException refused)
            {
                notLoaded = refused;
            }
        }

        if (notLoaded is not null)
        {
            throw notLoaded;
        }

        throw new RefusalException(RefusalKind.Invalid, $"The vectors of the index {Name} come from a model that this server does not have.", "index");
    }

    /// <summary>The rows that are most similar to queries.</summary>
    public IReadOnlyList<IReadOnlyList<SearchHit>> Search(EmbeddingMatrix queries, SearchRequest request, CancellationToken cancellationToken)
    {
        using var shared = Use();
        var index = shared.Index;
        return index.Search(
            queries, request.Top, new SearchOptions { MinScore = request.MinScore }, [.. index.Segments.Select(segment => LeftOut(segment, request.Ids))], cancellationToken);
    }

    /// <summary>Puts rows in and takes rows out, as one change that lasts when this returns.</summary>
    public async Task<IndexChangeAnswer> ChangeAsync(IReadOnlyList<NewRow> add, EmbeddingMatrix? vectors, IReadOnlyList<string> remove, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Change(add, vectors, remove), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose()
    {
        _index.Dispose();
        _changing.Dispose();
    }

    private IndexChangeAnswer Change(IReadOnlyList<NewRow> add, EmbeddingMatrix? vectors, IReadOnlyList<string> remove)
    {
        try
        {
            using var writer = VectorIndexWriter.Open(_folder);
            var removed = remove.Count(writer.Remove);
            var added = new List<string>();
            for (var row = 0; row < add.Count; row++)
            {
                if (add[row].Id is { } id)
                {
                    writer.Put(id, add[row].Text, vectors![row]);
                    added.Add(id);
                }
                else
                {
                    added.Add(writer.Add(add[row].Text, vectors![row]));
                }
            }

            writer.Commit();
            writer.Merge();
            Reopen();
            return new IndexChangeAnswer(Name, added, removed, writer.Count);
        }
        catch (ArgumentException refused)
        {
            throw new RefusalException(RefusalKind.Invalid, refused.Message, "add");
        }
        catch (IOException)
        {
            throw new RefusalException(new Refusal(RefusalKind.Overloaded, $"The index {Name} cannot be changed now: another program writes it, or the disk is full.") { RetryAfter = TimeSpan.FromSeconds(1) });
        }
    }

    private void Reopen()
    {
        var (opened, old) = (new SharedIndex(_folder), _index);
        lock (_lock)
        {
            _index = opened;
        }

        old.Dispose();
    }

    private SharedIndex.Reader Use()
    {
        lock (_lock)
        {
            return _index.Use();
        }
    }

    private static RowSet LeftOut(Segment segment, IdFilter? filter)
    {
        if (filter is null or { Include: null, Exclude: null or [], Prefix: null or "" })
        {
            return segment.Removed;
        }

        var left = segment.Removed.Copy();
        if (filter.Include is { } include)
        {
            var rows = include.Where(id => !string.IsNullOrEmpty(id)).Select(id => segment.Find(Bytes(id), segment.Removed)).Where(row => row >= 0).ToHashSet();
            for (var row = 0; row < segment.Rows; row++)
            {
                if (!rows.Contains(row))
                {
                    left.Add(row);
                }
            }
        }

        foreach (var id in filter.Exclude ?? [])
        {
            if (!string.IsNullOrEmpty(id) && segment.Find(Bytes(id), segment.Removed) is var row and >= 0)
            {
                left.Add(row);
            }
        }

        if (filter.Prefix is { Length: > 0 })
        {
            var prefix = Bytes(filter.Prefix);
            for (var row = 0; row < segment.Rows; row++)
            {
                if (!segment.Id(row).StartsWith(prefix))
                {
                    left.Add(row);
                }
            }
        }

        return left;
    }

    private static byte[] Bytes(string id)
    {
        try
        {
            return RowId.Encode(id, "id");
        }
        catch (ArgumentException refused)
        {
            throw new RefusalException(RefusalKind.Invalid, refused.Message, "ids");
        }
    }
}
