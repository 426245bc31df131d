using MiCse.Search;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using MiCse.Files;
using MiCse.Vectors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>Records in a <see cref="CollectionFolder"/>: a row each, the data as its text. Thread-safe.</summary>
internal sealed class RecordCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly CollectionFolder _folder;
    private readonly CollectionModel _model;
    private readonly VectorPropertyModel _vector;
    private readonly GeneratorSources _sources;
    private readonly RecordMapper<TRecord> _records;
    private readonly ScoreFunction _score;
    private readonly VectorStoreCollectionMetadata _metadata;

    public RecordCollection(CollectionFolder folder, CollectionModel model, GeneratorSources sources, VectorStoreCollectionMetadata metadata)
    {
        (_folder, _model, _sources, _metadata) = (folder, model, sources, metadata);
        _vector = model.VectorProperty;
        _records = new RecordMapper<TRecord>(model, folder.Path);
        _score = ScoreFunction.Of(_vector);
    }

    public override string Name => _metadata.CollectionName!;

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(_folder.Exists);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Attempt("EnsureCollectionExists", () => Task.Run(
        () =>
        {
            _folder.Create(Source(), RecordModelBuilder.Precision(_vector));
            return _folder.Read(Require);
        },
        cancellationToken));

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) => Attempt("EnsureCollectionDeleted", async () =>
    {
        await _folder.DeleteAsync(cancellationToken).ConfigureAwait(false);
        return true;
    });

    public override Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Attempt("Get", async () => await FindAsync([key], options, cancellationToken).ConfigureAwait(false) is [var found] ? found : null);
    }

    public override IAsyncEnumerable<TRecord> GetAsync(
        IEnumerable<TKey> keys, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Stream("Get", cancellation => FindAsync(keys, options, cancellation), cancellationToken);
    }

    public override IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new FilteredRecordRetrievalOptions<TRecord>();
        CheckIncludeVectors(options.IncludeVectors);
        var passing = new RecordFilter<TRecord>(filter, _model);
        var order = new RecordOrder<TRecord>(options, _model);
        return Stream("Get", cancellation => ReadAsync(
            index =>
            {
                var matches = index.Segments
                    .SelectMany(segment => Enumerable.Range(0, segment.Rows).Where(row => !segment.Removed.Contains(row)).Select(row => (segment, row)))
                    .Select(at =>
                    {
                        cancellation.ThrowIfCancellationRequested();
                        return _records.Record(at.segment, at.row, options.IncludeVectors);
                    })
                    .Where(passing.Passes);
                return (order.IsEmpty ? matches : order.Sort(matches)).Skip(options.Skip).Take(top).ToList();
            },
            cancellation), cancellationToken);
    }

    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return DeleteAsync([key], cancellationToken);
    }

    public override Task DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Attempt("Delete", async () =>
        {
            var ids = keys.Select(key => RecordKey.ToId(key, _model.KeyProperty.Type)).ToList();
            await _folder.WriteAsync(writer => ids.ForEach(id => writer.Remove(id)), cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return UpsertAsync([record], cancellationToken);
    }

    public override Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return Attempt("Upsert", async () =>
        {
            var all = records.ToList();
            var ids = all.ConvertAll(_records.Id);
            var vectors = await VectorsAsync(all, ids, cancellationToken).ConfigureAwait(false);
            await _folder.WriteAsync(
                writer =>
                {
                    Require(writer.Source);
                    for (var at = 0; at < all.Count; at++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        writer.Put(ids[at], _records.Text(all[at]), vectors[at].Span);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    public override IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new VectorSearchOptions<TRecord>();
        CheckIncludeVectors(options.IncludeVectors);
        _model.GetVectorPropertyOrSingle(options);
        var filter = options.Filter is null ? null : new RecordFilter<TRecord>(options.Filter, _model);
        return Stream("Search", async cancellation =>
        {
            var query = await QueryAsync(searchValue, cancellation).ConfigureAwait(false);
            return await ReadAsync(index => Search(index, query, top, options, filter, cancellation), cancellation).ConfigureAwait(false);
        }, cancellationToken);
    }

    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    private List<VectorSearchResult<TRecord>> Search(
        VectorIndex index, float[] query, int top, VectorSearchOptions<TRecord> options, RecordFilter<TRecord>? filter, CancellationToken cancellation)
    {
        var without = filter?.Failing(index, _records, cancellation) ?? [.. index.Segments.Select(segment => segment.Removed)];
        var hits = index.Search(
            new EmbeddingMatrix(query, 1, Math.Max(1, query.Length)),
            (int)Math.Min(int.MaxValue, (long)top + options.Skip),
            new SearchOptions { Measure = _score.Measure },
            without,
            cancellation)[0];
        // The best come first, so that what the threshold refuses is the end of the list.
        return [.. hits
            .Select(hit => (Hit: hit, Score: _score.Score(hit.Score)))
            .TakeWhile(hit => _score.Passes(hit.Score, options.ScoreThreshold))
            .Skip(options.Skip)
            .Select(hit => new VectorSearchResult<TRecord>(_records.Record(index.Find(hit.Hit.Id)!, options.IncludeVectors), hit.Score))];
    }

    private async Task<List<TRecord>> FindAsync(IEnumerable<TKey> keys, RecordRetrievalOptions? options, CancellationToken cancellation)
    {
        var includeVectors = options?.IncludeVectors == true;
        CheckIncludeVectors(includeVectors);
        var ids = keys.Select(key => RecordKey.ToId(key, _model.KeyProperty.Type)).ToList();
        return await ReadAsync(
            index => ids.Select(index.Find).OfType<IndexRow>().Select(row => _records.Record(row, includeVectors)).ToList(), cancellation).ConfigureAwait(false);
    }

    private Task<T> ReadAsync<T>(Func<VectorIndex, T> read, CancellationToken cancellation) => Task.Run(
        () => _folder.Read(index =>
        {
            Require(index);
            return read(index);
        }),
        cancellation);

    /// <summary>The records' vectors: their own, or made of what stands in their place.</summary>
    private async Task<IReadOnlyList<ReadOnlyMemory<float>>> VectorsAsync(List<TRecord> records, List<string> ids, CancellationToken cancellation)
    {
        for (var at = 0; at < records.Count; at++)
        {
            if (_vector.GetValueAsObject(records[at]) is null)
            {
                throw new ArgumentException($"The record '{ids[at]}' has null as {_vector.ModelName}; every record needs a vector.");
            }
        }

        if (!_model.EmbeddingGenerationRequired)
        {
            return records.ConvertAll(record => _records.Vector(record)!.Value);
        }

        var embeddings = await _vector.GenerateEmbeddingsAsync(records.Select(_vector.GetValueAsObject), cancellation).ConfigureAwait(false);
        return [.. embeddings.Cast<Embedding<float>>().Select(embedding => embedding.Vector)];
    }

    private async Task<float[]> QueryAsync(object searchValue, CancellationToken cancellation)
    {
        if (VectorValue.From(searchValue) is { } vector)
        {
            return vector.ToArray();
        }

        if (_vector.EmbeddingGenerationDispatcher is null)
        {
            throw new NotSupportedException(_vector.EmbeddingGenerator is { } generator
                ? VectorDataStrings.IncompatibleEmbeddingGeneratorWasConfiguredForInputType(searchValue.GetType(), generator.GetType())
                : VectorDataStrings.InvalidSearchInputAndNoEmbeddingGeneratorWasConfigured(searchValue.GetType(), VectorValue.SupportedTypes));
        }

        return ((Embedding<float>)await _vector.GenerateEmbeddingAsync(searchValue, cancellation).ConfigureAwait(false)).Vector.ToArray();
    }

    private void CheckIncludeVectors(bool include)
    {
        if (include && _model.EmbeddingGenerationRequired)
        {
            throw new NotSupportedException(VectorDataStrings.IncludeVectorsNotSupportedWithEmbeddingGeneration);
        }
    }

    private VectorSource Source()
    {
        var source = _sources.Of(_vector.EmbeddingGenerator, _vector.Dimensions);
        return source.Dimensions == _vector.Dimensions
            ? source
            : throw new ArgumentException($"Property '{_vector.ModelName}' declares vectors of {_vector.Dimensions} dimensions, but they are made by {source}; declare {source.Dimensions}.");
    }

    private bool Require(VectorIndex index)
    {
        Require(index.Source);
        return true;
    }

    /// <summary>Refuses to mix vectors; where one side does not say where its vectors come from, only their length tells.</summary>
    private void Require(VectorSource stored)
    {
        var own = Source();
        if (GeneratorSources.IsUnknown(own) || GeneratorSources.IsUnknown(stored))
        {
            own = stored with { Dimensions = own.Dimensions };
        }

        stored.Require(own, _folder.Path);
    }

    private async IAsyncEnumerable<T> Stream<T>(
        string operation, Func<CancellationToken, Task<List<T>>> find, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var item in await Attempt(operation, () => find(cancellation)).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    private async Task<T> Attempt<T>(string operation, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is DataFormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new VectorStoreException(failure.Message, failure)
            {
                VectorStoreSystemName = _metadata.VectorStoreSystemName,
                VectorStoreName = _metadata.VectorStoreName,
                CollectionName = Name,
                OperationName = operation,
            };
        }
    }
}
