using MiCse.Search;
using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>
/// A folder of collections for Microsoft.Extensions.VectorData; each is a <see cref="VectorIndex"/> whose texts are the records' data as JSON.
/// Thread-safe. Several processes may use a folder: they see each other's commits; who writes while another process does gets a
/// <see cref="VectorStoreException"/>. Failures of any operation come as that, one sentence.
/// </summary>
/// <remarks>
/// A record has one key (string, Guid, int or long; an empty Guid is replaced by a new one), one vector and any data. Every upsert or delete is one
/// commit: a batch is there altogether or, when the process is killed, not at all, so prefer batches. Searches are exact and filter before they
/// take the best, by CosineSimilarity (the default), CosineDistance, DotProductSimilarity, NegativeDotProductSimilarity, EuclideanDistance,
/// EuclideanSquaredDistance or ManhattanDistance; equal scores are sorted by key. <see cref="IndexKind.QuantizedFlat"/> keeps a byte a dimension besides for faster searches with the same results. A vector property of
/// type string is encoded by the embedding generator and not read back. A collection remembers the model and refuses the vectors of another.
/// </remarks>
public sealed class MiCseVectorStore : VectorStore
{
    private const string SystemName = "micse";

    private static readonly SearchValues<char> s_notInNames = SearchValues.Create("/\\:*?\"<>|");

    private readonly string _folder;
    private readonly IEmbeddingGenerator? _embeddingGenerator;
    private readonly VectorStoreMetadata _metadata;
    private readonly GeneratorSources _sources = new();
    private readonly ConcurrentDictionary<string, CollectionFolder> _collections = new(StringComparer.Ordinal);

    /// <summary>A store in a folder; nothing is written before a collection is made.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="embeddingGenerator">
    /// Encodes texts of records and searches, such as a <see cref="SentenceEncoder"/>, where no property or definition names its own; null, the
    /// default, when vectors are given. The store does not dispose it.
    /// </param>
    public MiCseVectorStore(string folder, IEmbeddingGenerator? embeddingGenerator = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _embeddingGenerator = embeddingGenerator;
        _metadata = new VectorStoreMetadata { VectorStoreSystemName = SystemName, VectorStoreName = Path.GetFileName(_folder) };
    }

    /// <summary>A collection of records of a class whose properties have attributes, or are described by a definition.</summary>
    /// <typeparam name="TKey">Type of the keys.</typeparam>
    /// <typeparam name="TRecord">Type of the records.</typeparam>
    /// <param name="name">The collection's name, which is that of its folder.</param>
    /// <param name="definition">What the properties are; null takes their attributes.</param>
    /// <exception cref="ArgumentException">The name cannot be that of a folder, or the records are dictionaries.</exception>
    /// <exception cref="NotSupportedException">A property has a type, distance function or kind of index that is not supported.</exception>
    /// <exception cref="InvalidOperationException">The properties do not fit together.</exception>
    public override VectorStoreCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition = null) =>
        typeof(TRecord) == typeof(Dictionary<string, object?>)
            ? throw new ArgumentException(VectorDataStrings.GetCollectionWithDictionaryNotSupported)
            : Open<TKey, TRecord>(name, new RecordModelBuilder().Build(typeof(TRecord), typeof(TKey), definition, _embeddingGenerator));

    /// <summary>A collection whose records are dictionaries.</summary>
    /// <param name="name">The collection's name, which is that of its folder.</param>
    /// <param name="definition">What the dictionaries hold.</param>
    /// <exception cref="ArgumentException">The name cannot be that of a folder.</exception>
    /// <exception cref="NotSupportedException">A property has a type, distance function or kind of index that is not supported.</exception>
    public override VectorStoreCollection<object, Dictionary<string, object?>> GetDynamicCollection(string name, VectorStoreCollectionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return Open<object, Dictionary<string, object?>>(
            name, new RecordModelBuilder().BuildDynamic(definition, definition.EmbeddingGenerator ?? _embeddingGenerator));
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var names = Directory.Exists(_folder) ? Directory.GetDirectories(_folder).Select(path => Path.GetFileName(path)!) : [];
        foreach (var name in names.Where(name => IsName(name) && Folder(name).Exists).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) => Task.FromResult(Folder(name).Exists);

    /// <inheritdoc/>
    public override async Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            await Folder(name).DeleteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new VectorStoreException(failure.Message, failure)
            {
                VectorStoreSystemName = SystemName,
                VectorStoreName = _metadata.VectorStoreName,
                CollectionName = name,
                OperationName = "EnsureCollectionDeleted",
            };
        }
    }

    /// <summary>This store, or its <see cref="VectorStoreMetadata"/>.</summary>
    /// <param name="serviceType">What is asked for.</param>
    /// <param name="serviceKey">Null; there is nothing under another key.</param>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Lets go of the files; collections of this store cannot be used afterwards.</summary>
    /// <param name="disposing">Whether this is no finalizer.</param>
    protected override void Dispose(bool disposing)
    {
        foreach (var folder in _collections.Values)
        {
            folder.Dispose();
        }

        base.Dispose(disposing);
    }

    // What a folder can be called on every system; a dot begins what is being written.
    private static bool IsName(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAny(s_notInNames) && !name.Any(char.IsControl) && name[0] != '.' && name[^1] is not ('.' or ' ');

    private RecordCollection<TKey, TRecord> Open<TKey, TRecord>(string name, CollectionModel model)
        where TKey : notnull
        where TRecord : class =>
        new(Folder(name), model, _sources, new VectorStoreCollectionMetadata
        {
            VectorStoreSystemName = SystemName,
            VectorStoreName = _metadata.VectorStoreName,
            CollectionName = name,
        });

    private CollectionFolder Folder(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return IsName(name)
            ? _collections.GetOrAdd(name, key => new CollectionFolder(Path.Combine(_folder, key)))
            : throw new ArgumentException($"The name '{name}' cannot be that of a folder: it begins with a dot, ends with a dot or a space, or has one of / \\ : * ? \" < > | in it.");
    }
}
