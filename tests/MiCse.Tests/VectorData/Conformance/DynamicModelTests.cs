using Microsoft.Extensions.VectorData;
using Record = System.Collections.Generic.Dictionary<string, object?>;

namespace MiCse.Tests.VectorData.Conformance;

/// <summary>Records that are dictionaries.</summary>
public sealed class DynamicModelTests : StoreFixture
{
    private static readonly Record[] s_records =
    [
        Make("1", "foo", 1, 1, 2, 3), Make("2", "bar", 2, 1, 2, 4), Make("3", "foo", 3, 1, 2, 9), Make("4", "foo", 4, -1, 0, 0),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_are_read_by_key_filter_and_search(bool vectors)
    {
        var collection = await Filled();
        AssertEqual(s_records[0], await collection.GetAsync("1", new() { IncludeVectors = vectors }, Token), vectors);
        var several = await collection.GetAsync(["1", "2"], new() { IncludeVectors = vectors }, Token).ToListAsync(Token);
        Assert.All(s_records[..2], record => AssertEqual(record, several.Single(one => Equals(one["key"], record["key"])), vectors));
        AssertEqual(s_records[0], await collection.GetAsync(record => (int)record["integer"]! == 1, 2, new() { IncludeVectors = vectors }, Token).SingleAsync(Token), vectors);
        AssertEqual(s_records[0], (await collection.SearchAsync(s_records[0]["vector"]!, 1, new() { IncludeVectors = vectors }, Token).SingleAsync(Token)).Record, vectors);
    }

    [Fact]
    public async Task Filtered_records_are_sorted_and_skipped()
    {
        var collection = await Filled();
        Assert.Equal([2, 3], await Numbers(new() { OrderBy = order => order.Ascending(record => record["integer"]) }));
        Assert.Equal([4, 3], await Numbers(new() { OrderBy = order => order.Descending(record => record["integer"]) }));
        Assert.Equal([3, 4], await Numbers(new() { OrderBy = order => order.Descending(record => record["text"]).Ascending(record => record["integer"]) }));
        Assert.Equal([4, 3], await Numbers(new() { OrderBy = order => order.Descending(record => record["text"]).Descending(record => record["integer"]) }));
        Assert.Equal([3, 4], await Numbers(new() { OrderBy = order => order.Ascending(record => record["integer"]), Skip = 1 }));
        Assert.Equal(4, await collection.GetAsync(record => true, 100, null, Token).CountAsync(Token));

        async Task<List<int>> Numbers(FilteredRecordRetrievalOptions<Record> options) =>
            await collection.GetAsync(record => (int)record["integer"]! > 1, 2, options, Token).Select(record => (int)record["integer"]!).ToListAsync(Token);
    }

    [Fact]
    public async Task Records_are_added_replaced_and_deleted()
    {
        var collection = await Filled();
        Record[] changed = [Make("5", "some", 123, 10, 0, 0), Make("2", "different", 456, 0.7f, 0.7f, 0.7f), Make("6", "new", 101, 10, 0, 2)];
        Assert.Null(await collection.GetAsync("5", null, Token));
        await collection.UpsertAsync(changed[0], Token);
        await collection.UpsertAsync(changed[1..], Token);
        foreach (var record in changed)
        {
            AssertEqual(record, await collection.GetAsync(record["key"]!, new() { IncludeVectors = true }, Token), vectors: true);
        }

        await collection.DeleteAsync("3", Token);
        await collection.DeleteAsync("missing", Token);
        Assert.Null(await collection.GetAsync("3", null, Token));
        await collection.DeleteAsync(["1", "2"], Token);
        Assert.Equal(3, await collection.GetAsync(record => true, 100, null, Token).CountAsync(Token));
    }

    [Fact]
    public async Task Searches_skip_and_filter_and_null_is_refused()
    {
        var collection = await Filled();
        var query = s_records[0]["vector"]!;
        AssertEqual(s_records[1], (await collection.SearchAsync(query, 1, new() { Skip = 1 }, Token).SingleAsync(Token)).Record, vectors: false);
        AssertEqual(s_records[1], (await collection.SearchAsync(query, 1, new() { Filter = record => (int)record["integer"]! == 2 }, Token).SingleAsync(Token)).Record, vectors: false);
        Assert.Equal("key", (await Assert.ThrowsAsync<ArgumentNullException>(() => collection.GetAsync((object)null!, null, Token))).ParamName);
        Assert.Equal("keys", Assert.Throws<ArgumentNullException>(() => { collection.GetAsync((IEnumerable<object>)null!, null, Token); }).ParamName);
        Assert.Empty(await collection.GetAsync([], null, Token).ToListAsync(Token));
    }

    private static Record Make(string key, string text, int number, params float[] vector) =>
        new() { ["key"] = key, ["text"] = text, ["integer"] = number, ["vector"] = new ReadOnlyMemory<float>(vector) };

    private static void AssertEqual(Record expected, Record? actual, bool vectors)
    {
        Assert.NotNull(actual);
        Assert.Equal((expected["key"], expected["text"], expected["integer"]), (actual["key"], actual["text"], actual["integer"]));
        Assert.Equal(vectors, actual.ContainsKey("vector"));
        if (vectors)
        {
            Assert.Equal(((ReadOnlyMemory<float>)expected["vector"]!).ToArray(), ((ReadOnlyMemory<float>)actual["vector"]!).ToArray());
        }
    }

    private async Task<VectorStoreCollection<object, Record>> Filled()
    {
        var collection = Store.GetDynamicCollection("records", Definition(
            new VectorStoreKeyProperty("key", typeof(string)), new VectorStoreDataProperty("text", typeof(string)) { IsIndexed = true },
            new VectorStoreDataProperty("integer", typeof(int)) { IsIndexed = true }, new VectorStoreVectorProperty("vector", typeof(ReadOnlyMemory<float>), 3)));
        await collection.EnsureCollectionExistsAsync(Token);
        await collection.UpsertAsync(s_records, Token);
        return collection;
    }
}
