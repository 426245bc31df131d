using MiCse.Tests.Data;
using MiCse.VectorData;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData;

public sealed class MiCseVectorStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MiCseVectorStore _store;

    public MiCseVectorStoreTests() => _store = new MiCseVectorStore(_folder.File("store"));

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Collections_are_made_listed_and_deleted()
    {
        Assert.Empty(await Names());
        foreach (var name in new[] { "b", "a", "Ünï 1" })
        {
            var collection = _store.GetCollection<string, Article>(name);
            Assert.False(await collection.CollectionExistsAsync(Token));
            await collection.EnsureCollectionExistsAsync(Token);
            await collection.EnsureCollectionExistsAsync(Token);
            Assert.True(await collection.CollectionExistsAsync(Token));
        }

        Directory.CreateDirectory(_folder.File("store/no collection"));
        Assert.Equal(["a", "b", "Ünï 1"], await Names());
        await _store.EnsureCollectionDeletedAsync("a", Token);
        await _store.EnsureCollectionDeletedAsync("a", Token);
        await _store.GetCollection<string, Article>("b").EnsureCollectionDeletedAsync(Token);
        Assert.Equal(["Ünï 1"], await Names());
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.File("store")).Length);
    }

    [Fact]
    public async Task A_deleted_collection_is_empty_when_it_is_made_again()
    {
        var articles = _store.GetCollection<string, Article>("articles");
        for (var round = 0; round < 2; round++)
        {
            await articles.EnsureCollectionExistsAsync(Token);
            Assert.Null(await articles.GetAsync("1", null, Token));
            await articles.UpsertAsync(new Article { Id = "1", Vector = new float[2] }, Token);
            Assert.NotNull(await articles.GetAsync("1", null, Token));
            await articles.EnsureCollectionDeletedAsync(Token);
        }
    }

    [Fact]
    public async Task What_is_not_there_is_one_sentence()
    {
        var articles = _store.GetCollection<string, Article>("articles");
        foreach (var use in new Func<Task>[]
        {
            () => articles.GetAsync("1", null, Token), () => articles.DeleteAsync("1", Token),
            () => articles.UpsertAsync(new Article { Id = "1", Vector = new float[2] }, Token),
            async () => await articles.SearchAsync(new float[2], 1, null, Token).ToListAsync(Token),
            async () => await articles.GetAsync(article => true, 1, null, Token).ToListAsync(Token),
        })
        {
            var failure = await Assert.ThrowsAsync<VectorStoreException>(use);
            Assert.Equal($"{_folder.File("store/articles")}: there is no such collection; EnsureCollectionExistsAsync makes it.", failure.Message);
            Assert.Equal(("micse", "store", "articles"), (failure.VectorStoreSystemName, failure.VectorStoreName, failure.CollectionName));
            Assert.False(string.IsNullOrEmpty(failure.OperationName));
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("ends.")]
    [InlineData("new\nline")]
    public void Names_stay_inside_the_folder(string name) =>
        Assert.Contains("cannot be that of a folder", Assert.Throws<ArgumentException>(() => _store.GetCollection<string, Article>(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_an_index_cannot_hold_is_refused_by_name()
    {
        var key = new VectorStoreKeyProperty("Key", typeof(string));
        var vector = new VectorStoreVectorProperty("Vector", typeof(float[]), 2);

        Refused<NotSupportedException>("'Data' has unsupported type 'Uri'", key, vector, new VectorStoreDataProperty("Data", typeof(Uri)));
        Refused<NotSupportedException>("'Key' has unsupported type 'DateTime'", new VectorStoreKeyProperty("Key", typeof(DateTime)), vector);
        Refused<NotSupportedException>("asks for HammingDistance", key, new VectorStoreVectorProperty("Vector", typeof(float[]), 2) { DistanceFunction = DistanceFunction.HammingDistance });
        Refused<NotSupportedException>("of kind DiskAnn", key, new VectorStoreVectorProperty("Vector", typeof(float[]), 2) { IndexKind = IndexKind.DiskAnn });
        Refused<NotSupportedException>("Multiple vector properties", key, vector, new VectorStoreVectorProperty("Other", typeof(float[]), 2));
        Refused<NotSupportedException>("No vector property", key);
        Refused<InvalidOperationException>("Vector", key, new VectorStoreVectorProperty("Vector", typeof(double[]), 2));
        Assert.Contains("has no setter", Assert.Throws<NotSupportedException>(() => _store.GetCollection<string, ReadOnly>("x")).Message, StringComparison.Ordinal);

        void Refused<T>(string message, params VectorStoreProperty[] properties)
            where T : Exception =>
            Assert.Contains(message, Assert.Throws<T>(() => _store.GetDynamicCollection("x", new() { Properties = properties })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vectors_that_cannot_be_kept_leave_the_collection_as_it_was()
    {
        var articles = _store.GetCollection<string, Article>("articles");
        await articles.EnsureCollectionExistsAsync(Token);
        Article good = new() { Id = "good", Vector = new float[] { 1, 2 } };

        var failure = await Assert.ThrowsAsync<VectorStoreException>(
            () => articles.UpsertAsync([good, new Article { Id = "bad", Vector = new float[] { 1, 2, 3 } }], Token));

        Assert.Equal("The vector of 'bad' has 3 dimensions, expected are 2.", failure.Message);
        Assert.Null(await articles.GetAsync("good", null, Token));
        await articles.UpsertAsync(good, Token);
        Assert.NotNull(await articles.GetAsync("good", null, Token));
    }

    [Fact]
    public async Task A_collection_declared_otherwise_is_one_sentence()
    {
        var articles = _store.GetCollection<string, Article>("articles");
        await articles.EnsureCollectionExistsAsync(Token);
        await articles.UpsertAsync(new Article { Id = "one", Title = "text", Vector = new float[2] }, Token);

        await Differs("which is no Int32", new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2));
        await Differs("2 dimensions", new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 3));
        await Differs(
            "whose Title is no Int32",
            new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreDataProperty("Title", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2));

        async Task Differs(string message, params VectorStoreProperty[] properties)
        {
            var other = _store.GetDynamicCollection("articles", new() { Properties = properties });
            var failure = await Assert.ThrowsAsync<VectorStoreException>(async () => await other.GetAsync(record => true, 1, null, Token).ToListAsync(Token));
            Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Services_are_the_metadata_and_itself()
    {
        var articles = _store.GetCollection<string, Article>("articles");

        Assert.Equal("micse", Assert.IsType<VectorStoreMetadata>(_store.GetService(typeof(VectorStoreMetadata))).VectorStoreSystemName);
        Assert.Equal("articles", Assert.IsType<VectorStoreCollectionMetadata>(articles.GetService(typeof(VectorStoreCollectionMetadata))).CollectionName);
        Assert.Same(_store, _store.GetService(typeof(VectorStore)));
        Assert.Same(articles, articles.GetService(typeof(IVectorSearchable<Article>)));
        Assert.Null(articles.GetService(typeof(string)));
        Assert.Null(_store.GetService(typeof(VectorStore), "key"));
        _store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => articles.GetAsync("1", null, Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<List<string>> Names() => await _store.ListCollectionNamesAsync(Token).ToListAsync(Token);

    private sealed class ReadOnly
    {
        [VectorStoreKey]
        public string Id { get; set; } = "";

        [VectorStoreData]
        public string Title => Id;

        [VectorStoreVector(2)]
        public float[]? Vector { get; set; }
    }
}
