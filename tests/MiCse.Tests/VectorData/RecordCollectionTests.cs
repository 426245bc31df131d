using MiCse.Tests.Data;
using MiCse.VectorData;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData;

public sealed class RecordCollectionTests : IDisposable
{
    private static readonly RecordRetrievalOptions s_withVectors = new() { IncludeVectors = true };

    private readonly TemporaryFolder _folder = new();
    private readonly MiCseVectorStore _store;

    public RecordCollectionTests() => _store = new MiCseVectorStore(_folder.File("store"));

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_record_comes_back_as_it_was()
    {
        var articles = await Articles();
        var record = new Article
        {
            Id = "naïve \"key\" ☃",
            Title = "line\nbreak, \"quotes\" & <b>markup</b> 🦜",
            Year = -3,
            Price = 0.1 + 0.2,
            Published = new DateTimeOffset(2024, 2, 29, 23, 59, 59, 123, TimeSpan.FromHours(5.5)).AddTicks(7),
            Tags = ["a", "", "c"],
            Day = DayOfWeek.Friday,
            Remark = "not kept",
            Vector = new float[] { 0.1f, -3e7f },
        };
        await articles.UpsertAsync(record, Token);

        var found = await articles.GetAsync(record.Id, s_withVectors, Token);

        Assert.NotNull(found);
        Assert.Equal(
            (record.Id, record.Title, record.Year, record.Price, record.Published, record.Published.Offset, record.Day, null),
            (found.Id, found.Title, found.Year, found.Price, found.Published, found.Published.Offset, found.Day, found.Remark));
        Assert.Equal(record.Tags, found.Tags);
        Assert.Equal(record.Vector.ToArray(), found.Vector.ToArray());
        Assert.Equal(0, (await articles.GetAsync(record.Id, null, Token))!.Vector.Length);
        Assert.Null(await articles.GetAsync("another", null, Token));
    }

    [Fact]
    public async Task Null_comes_back_as_null_and_numbers_that_are_none_as_themselves()
    {
        var articles = await Articles();
        await articles.UpsertAsync([Of("1", 0), new Article { Id = "2", Title = null, Price = double.NaN, Vector = new float[2] }], Token);

        var (first, second) = ((await articles.GetAsync("1", null, Token))!, (await articles.GetAsync("2", null, Token))!);

        Assert.Equal((null, double.NaN, null), (second.Title, second.Price, second.Tags));
        Assert.Null(first.Price);
    }

    [Fact]
    public async Task Upsert_replaces_and_the_last_of_a_batch_wins()
    {
        var articles = await Articles();
        await articles.UpsertAsync([Of("1", 1), Of("2", 2), Of("1", 3)], Token);
        await articles.UpsertAsync(Of("2", 4), Token);

        Assert.Equal([("1", 3), ("2", 4)], (await All(articles)).Select(article => (article.Id, article.Year)).Order());
    }

    [Fact]
    public async Task Delete_removes_what_is_there_and_passes_over_the_rest()
    {
        var articles = await Articles();
        await articles.UpsertAsync(Enumerable.Range(1, 5).Select(number => Of($"{number}", number)), Token);

        await articles.DeleteAsync("1", Token);
        await articles.DeleteAsync(["2", "none", "4"], Token);

        Assert.Equal(["3", "5"], (await All(articles)).Select(article => article.Id));
    }

    [Fact]
    public async Task Keys_give_the_records_that_are_there_in_their_order()
    {
        var articles = await Articles();
        await articles.UpsertAsync(Enumerable.Range(1, 5).Select(number => Of($"{number}", number)), Token);

        Assert.Equal(["4", "1"], (await articles.GetAsync(["4", "none", "1"], null, Token).ToListAsync(Token)).Select(article => article.Id));
    }

    [Fact]
    public async Task Filters_sort_skip_and_take()
    {
        var articles = await Articles();
        await articles.UpsertAsync(Enumerable.Range(0, 20).Select(number => Of($"{number}", number % 5)), Token);
        var least = 2;

        var page = await articles.GetAsync(
            article => article.Year >= least && article.Title!.StartsWith("Title"),
            top: 4,
            new FilteredRecordRetrievalOptions<Article> { Skip = 2, OrderBy = order => order.Descending(article => article.Year).Ascending(article => article.Id) },
            Token).ToListAsync(Token);

        // 4, 9, 14, 19 are of the year 4 and sorted as texts: 14, 19, 4, 9.
        Assert.Equal(["4", "9", "13", "18"], page.Select(article => article.Id));
    }

    [Fact]
    public async Task Filters_see_null_and_lists()
    {
        var articles = await Articles();
        await articles.UpsertAsync([Of("1", 1, "x", "y"), Of("2", 2, "y"), Of("3", 3)], Token);

        Assert.Equal(["1", "2"], await Ids(articles, article => article.Tags != null && article.Tags.Contains("y")));
        Assert.Equal(["3"], await Ids(articles, article => article.Tags == null));
    }

    [Fact]
    public async Task A_filter_that_fails_or_asks_for_what_is_not_stored_is_one_sentence()
    {
        var articles = await Articles();
        await articles.UpsertAsync(Of("1", 1), Token);

        var failure = await Assert.ThrowsAsync<VectorStoreException>(() => Ids(articles, article => article.Tags!.Count > 1));
        Assert.StartsWith("The filter fails on the record '1': ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("not stored", Assert.Throws<InvalidOperationException>(() => articles.GetAsync(a => a.Remark == "", 1, null, Token)).Message, StringComparison.Ordinal);
        Assert.Contains("the vector", Assert.Throws<NotSupportedException>(() => articles.GetAsync(a => a.Vector.Length == 0, 1, null, Token)).Message, StringComparison.Ordinal);
        Assert.Contains("no order", Assert.Throws<NotSupportedException>(() => articles.GetAsync(
            a => true, 1, new FilteredRecordRetrievalOptions<Article> { OrderBy = order => order.Ascending(a => a.Tags) }, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => articles.GetAsync(a => true, 0, null, Token));
    }

    [Fact]
    public async Task Dictionaries_are_records_too()
    {
        var definition = new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Id", typeof(long)), new VectorStoreDataProperty("Name", typeof(string)),
                new VectorStoreDataProperty("Count", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2),
            ],
        };
        using var dynamic = _store.GetDynamicCollection("dynamic", definition);
        await dynamic.EnsureCollectionExistsAsync(Token);
        await dynamic.UpsertAsync(
        [
            new() { ["Id"] = 7L, ["Name"] = "seven", ["Count"] = 70, ["Vector"] = new float[] { 1, 0 } },
            new() { ["Id"] = 8L, ["Count"] = 80, ["Vector"] = new float[] { 0, 1 } },
        ], Token);

        var seven = await dynamic.GetAsync(7L, s_withVectors, Token);
        Assert.Equal((7L, "seven", 70), (seven!["Id"], seven["Name"], seven["Count"]));
        Assert.Equal([1, 0], Assert.IsType<float[]>(seven["Vector"]));
        var eight = await dynamic.GetAsync(record => (int)record["Count"]! > 75, 5, null, Token).SingleAsync(Token);
        Assert.Equal((8L, null, false), (eight["Id"], eight["Name"], eight.ContainsKey("Vector")));
        Assert.Contains("Int32", (await Assert.ThrowsAsync<VectorStoreException>(() => dynamic.GetAsync(7, null, Token))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => dynamic.GetAsync(record => record["Nam"] == null, 5, null, Token));
        Assert.Throws<ArgumentException>(() => _store.GetCollection<object, Dictionary<string, object?>>("dynamic", definition));
    }

    [Fact]
    public async Task Every_kind_of_key_finds_its_record()
    {
        await Key(Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
        await Key(int.MinValue);
        await Key(long.MaxValue);
        await Key("text");

        async Task Key<TKey>(TKey key)
            where TKey : notnull
        {
            using var collection = _store.GetCollection<TKey, Keyed<TKey>>(typeof(TKey).Name);
            await collection.EnsureCollectionExistsAsync(Token);
            await collection.UpsertAsync(new Keyed<TKey> { Key = key, Vector = new float[] { 1 } }, Token);
            Assert.Equal(key, (await collection.GetAsync(key, null, Token))!.Key);
            Assert.Equal(key, (await collection.SearchAsync(new float[] { 1 }, 1, null, Token).SingleAsync(Token)).Record.Key);
            await collection.DeleteAsync(key, Token);
            Assert.Null(await collection.GetAsync(key, null, Token));
        }
    }

    [Fact]
    public async Task An_empty_guid_is_replaced_by_a_new_one_and_other_keys_must_be_given()
    {
        using var guids = _store.GetCollection<Guid, Keyed<Guid>>("guids");
        await guids.EnsureCollectionExistsAsync(Token);
        Keyed<Guid>[] records = [new() { Vector = new float[] { 1 } }, new() { Vector = new float[] { 2 } }];
        await guids.UpsertAsync(records, Token);

        Assert.Equal(2, records.Select(record => record.Key).Append(Guid.Empty).Distinct().Count() - 1);
        Assert.NotNull(await guids.GetAsync(records[1].Key, null, Token));
        var articles = await Articles();
        Assert.Contains("no key", (await Assert.ThrowsAsync<VectorStoreException>(() => articles.UpsertAsync(Of("", 1), Token))).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Article Of(string id, int year, params string[] tags) =>
        new() { Id = id, Title = $"Title {id}", Year = year, Tags = tags.Length == 0 ? null : [.. tags], Vector = new float[] { year, 1 } };

    private static async Task<List<Article>> All(VectorStoreCollection<string, Article> articles) =>
        await articles.GetAsync(article => true, 100, null, Token).ToListAsync(Token);

    private static async Task<IEnumerable<string>> Ids(
        VectorStoreCollection<string, Article> articles, System.Linq.Expressions.Expression<Func<Article, bool>> filter) =>
        (await articles.GetAsync(filter, 100, null, Token).ToListAsync(Token)).Select(article => article.Id);

    private async Task<VectorStoreCollection<string, Article>> Articles()
    {
        var articles = _store.GetCollection<string, Article>("articles");
        await articles.EnsureCollectionExistsAsync(Token);
        return articles;
    }

    private sealed class Keyed<TKey>
    {
        [VectorStoreKey]
        public TKey Key { get; set; } = default!;

        [VectorStoreVector(1)]
        public ReadOnlyMemory<float> Vector { get; set; }
    }
}
