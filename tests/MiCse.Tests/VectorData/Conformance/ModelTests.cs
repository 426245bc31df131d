using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData.Conformance;

/// <summary>Records of a class: Get, Upsert, Delete and Search; those without data; those that an index cannot hold.</summary>
public sealed class ModelTests : StoreFixture
{
    private static readonly Numbered[] s_records =
    [
        new() { Key = "1", Text = "foo", Number = 1, Vector = new float[] { 1, 2, 3 } },
        new() { Key = "2", Text = "bar", Number = 2, Vector = new float[] { 1, 2, 4 } },
        new() { Key = "3", Text = "foo", Number = 3, Vector = new float[] { 1, 2, 9 } },
        new() { Key = "4", Text = "foo", Number = 4, Vector = new float[] { -1, 0, 0 } },
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_are_read_by_key_filter_and_search(bool vectors)
    {
        var collection = await Filled();
        AssertEqual(s_records[0], await collection.GetAsync("1", new() { IncludeVectors = vectors }, Token), vectors);
        var several = await collection.GetAsync(["1", "missing", "2"], new() { IncludeVectors = vectors }, Token).ToListAsync(Token);
        Assert.Equal(2, several.Count);
        Assert.All(several, record => AssertEqual(s_records.Single(one => one.Key == record.Key), record, vectors));
        AssertEqual(s_records[0], await collection.GetAsync(record => record.Number == 1, 2, new() { IncludeVectors = vectors }, Token).SingleAsync(Token), vectors);
        AssertEqual(s_records[0], (await collection.SearchAsync(s_records[0].Vector, 1, new() { IncludeVectors = vectors }, Token).SingleAsync(Token)).Record, vectors);
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_empty()
    {
        var collection = await Filled();
        Assert.Null(await collection.GetAsync("missing", null, Token));
        Assert.Empty(await collection.GetAsync([], null, Token).ToListAsync(Token));
        Assert.Equal(4, await collection.GetAsync(record => true, 100, null, Token).CountAsync(Token));
        await collection.UpsertAsync([], Token);
        await collection.DeleteAsync("missing", Token);
        await collection.DeleteAsync([], Token);
        Assert.Equal(4, await collection.GetAsync(record => true, 100, null, Token).CountAsync(Token));
    }

    [Fact]
    public async Task Filtered_records_are_sorted_and_skipped()
    {
        var collection = await Filled();
        Assert.Equal([2, 3], await Numbers(record => record.Number > 1, new() { OrderBy = order => order.Ascending(record => record.Number) }));
        Assert.Equal([4, 3], await Numbers(record => record.Number > 1, new() { OrderBy = order => order.Descending(record => record.Number) }));
        Assert.Equal([1, 3], await Numbers(record => true, new() { OrderBy = order => order.Descending(record => record.Text).Ascending(record => record.Number) }));
        Assert.Equal([4, 3], await Numbers(record => true, new() { OrderBy = order => order.Descending(record => record.Text).Descending(record => record.Number) }));
        Assert.Equal([3, 4], await Numbers(record => record.Number > 1, new() { OrderBy = order => order.Ascending(record => record.Number), Skip = 1 }));

        async Task<List<int>> Numbers(System.Linq.Expressions.Expression<Func<Numbered, bool>> filter, FilteredRecordRetrievalOptions<Numbered> options) =>
            await collection.GetAsync(filter, 2, options, Token).Select(record => record.Number).ToListAsync(Token);
    }

    [Fact]
    public async Task Records_are_added_and_replaced_alone_and_together()
    {
        var collection = await Filled();
        Numbered added = new() { Key = "5", Text = "new", Number = 123, Vector = new float[] { 10, 0, 0 } };
        Numbered replaced = new() { Key = "2", Text = "updated", Number = 456, Vector = new float[] { 10, 0, 0 } };
        await collection.UpsertAsync(added, Token);
        await collection.UpsertAsync(replaced, Token);
        await Are(added, replaced);
        Numbered[] batch =
        [
            new() { Key = "6", Text = "new", Number = 101, Vector = new float[] { 10, 0, 1 } },
            new() { Key = "1", Text = "updated", Number = 102, Vector = new float[] { 10, 0, 2 } },
        ];
        await collection.UpsertAsync(batch, Token);
        await Are(batch);
        Assert.Equal(6, await collection.GetAsync(record => true, 100, null, Token).CountAsync(Token));

        async Task Are(params Numbered[] records)
        {
            var received = await collection.GetAsync(records.Select(record => record.Key), new() { IncludeVectors = true }, Token).ToListAsync(Token);
            Assert.Equal(records.Length, received.Count);
            Assert.All(records, record => AssertEqual(record, received.Single(one => one.Key == record.Key), vectors: true));
        }
    }

    [Fact]
    public async Task Records_are_deleted_alone_and_together()
    {
        var collection = await Filled();
        await collection.DeleteAsync("1", Token);
        Assert.Null(await collection.GetAsync("1", null, Token));
        await collection.DeleteAsync(["2", "3"], Token);
        Assert.Equal("4", (await collection.GetAsync(record => true, 100, null, Token).SingleAsync(Token)).Key);
    }

    [Fact]
    public async Task Searches_skip_and_filter()
    {
        var collection = await Filled();
        AssertEqual(s_records[1], (await collection.SearchAsync(s_records[0].Vector, 1, new() { Skip = 1 }, Token).SingleAsync(Token)).Record, vectors: false);
        AssertEqual(s_records[1], (await collection.SearchAsync(s_records[0].Vector, 1, new() { Filter = record => record.Number == 2 }, Token).SingleAsync(Token)).Record, vectors: false);
        Assert.Equal(2, await collection.SearchAsync(s_records[0].Vector, 9, new() { ScoreThreshold = 0.98 }, Token).CountAsync(Token));
    }

    [Fact]
    public async Task Null_is_refused_by_the_name_of_the_argument()
    {
        var collection = await Filled();
        Assert.Equal("key", (await Assert.ThrowsAsync<ArgumentNullException>(() => collection.GetAsync((string)null!, null, Token))).ParamName);
        Assert.Equal("keys", Assert.Throws<ArgumentNullException>(() => { collection.GetAsync((IEnumerable<string>)null!, null, Token); }).ParamName);
        Assert.Equal("records", (await Assert.ThrowsAsync<ArgumentNullException>(() => collection.UpsertAsync((IEnumerable<Numbered>)null!, Token))).ParamName);
        Assert.Equal("keys", (await Assert.ThrowsAsync<ArgumentNullException>(() => collection.DeleteAsync((IEnumerable<string>)null!, Token))).ParamName);
    }

    [Fact]
    public async Task Records_need_no_data()
    {
        var collection = Store.GetCollection<string, Numbered>("bare", Definition(new VectorStoreKeyProperty("Key", typeof(string)), Vector()));
        await collection.EnsureCollectionExistsAsync(Token);
        await collection.UpsertAsync(new Numbered { Key = "1", Vector = new float[] { 10, 0, 0 } }, Token);
        var stored = await collection.GetAsync("1", new() { IncludeVectors = true }, Token);
        Assert.Equal([10, 0, 0], stored!.Vector.ToArray());
        Assert.Equal(0, (await collection.GetAsync("1", null, Token))!.Vector.Length);
        await collection.DeleteAsync("1", Token);
        Assert.Null(await collection.GetAsync("1", null, Token));
    }

    // Optional kinds of the conformance tests, which say that a provider may leave them out.
    [Fact]
    public void Records_without_a_vector_or_with_several_are_refused()
    {
        var key = new VectorStoreKeyProperty("Key", typeof(string));
        Assert.Throws<NotSupportedException>(() => Store.GetDynamicCollection("none", Definition(key, new VectorStoreDataProperty("Text", typeof(string)))));
        Assert.Throws<NotSupportedException>(() => Store.GetDynamicCollection("two", Definition(key, Vector(), new VectorStoreVectorProperty("Other", typeof(float[]), 3))));
        Assert.IsNotType<IKeywordHybridSearchable<Numbered>>(Collection(), exactMatch: false);
    }

    private static void AssertEqual(Numbered expected, Numbered? actual, bool vectors)
    {
        Assert.NotNull(actual);
        Assert.Equal((expected.Key, expected.Text, expected.Number), (actual.Key, actual.Text, actual.Number));
        Assert.Equal(vectors ? expected.Vector.ToArray() : [], actual.Vector.ToArray());
    }

    private VectorStoreCollection<string, Numbered> Collection() => Store.GetCollection<string, Numbered>("numbers", Definition(
        new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreDataProperty("Text", typeof(string)) { IsIndexed = true },
        new VectorStoreDataProperty("Number", typeof(int)) { IsIndexed = true }, Vector()));

    private async Task<VectorStoreCollection<string, Numbered>> Filled()
    {
        var collection = Collection();
        await collection.EnsureCollectionExistsAsync(Token);
        await collection.UpsertAsync(s_records, Token);
        return collection;
    }
}
