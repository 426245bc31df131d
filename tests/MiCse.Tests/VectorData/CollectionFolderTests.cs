using MiCse.Search;
using MiCse.VectorData;
using MiCse.Tests.Data;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData;

/// <summary>What is on the disk: across openings, writers, readers and kills.</summary>
public sealed class CollectionFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_are_there_after_a_new_start()
    {
        using (var store = Store())
        {
            await (await Made(store)).UpsertAsync(Articles(0..10, year: 1), Token);
        }

        using var again = Store();
        Assert.Equal(10, await Count(Get(again)));
        Assert.Equal("Title 7", (await Get(again).GetAsync("7", null, Token))!.Title);
    }

    [Fact]
    public async Task Who_has_it_open_sees_what_another_commits()
    {
        using var first = Store();
        using var second = Store();
        var (mine, theirs) = (await Made(first), Get(second));
        Assert.Equal(0, await Count(theirs));

        for (var round = 1; round <= 3; round++)
        {
            await mine.UpsertAsync(Articles(0..(round * 5), year: round), Token);
            Assert.Equal(round * 5, await Count(theirs));
        }

        await theirs.EnsureCollectionDeletedAsync(Token);
        Assert.False(await mine.CollectionExistsAsync(Token));
    }

    [Fact]
    public async Task Many_small_commits_leave_few_segments_and_no_ballast()
    {
        using var store = Store();
        var articles = await Made(store);
        for (var round = 0; round < 70; round++)
        {
            await articles.UpsertAsync(Articles(round..(round + 1), year: 1), Token);
        }

        Assert.InRange(Segments(), 1, 6);
        for (var round = 0; round < 30; round++)
        {
            await articles.UpsertAsync(Articles(0..70, year: round), Token);
        }

        using var index = VectorIndex.Open(Path);
        Assert.Equal(70, index.Count);
        Assert.InRange(index.RemovedCount, 0, 70);
        Assert.InRange(Segments(), 1, 6);
        Assert.Equal(70, (await articles.GetAsync(article => article.Year == 29, 100, null, Token).ToListAsync(Token)).Count);
    }

    [Fact]
    public async Task Readers_see_whole_commits_while_others_write()
    {
        using var store = Store();
        var articles = await Made(store);
        await articles.UpsertAsync(Articles(0..50, year: 0), Token);
        using var done = new CancellationTokenSource();
        using var started = new SemaphoreSlim(0);
        // Every commit gives all records one year, from several writers; a reader that finds two has seen half of one.
        var reading = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            do
            {
                var found = await articles.SearchAsync(new float[] { 1, 1 }, 100, null, Token).ToListAsync(Token);
                Assert.Equal(50, found.Count);
                Assert.Single(found.Select(hit => hit.Record.Year).Distinct());
                started.Release();
            }
            while (!done.IsCancellationRequested);
        }, Token)).ToList();

        // On a busy machine the writers would be done before the first reader begins.
        await Task.WhenAny([started.WaitAsync(Token), .. reading]);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 5; round++)
            {
                await articles.UpsertAsync(Articles(0..50, year: 10 * writer + round), Token);
            }
        }, Token)));
        await done.CancelAsync();
        await Task.WhenAll(reading);
    }

    [Fact]
    public async Task A_writer_killed_at_any_moment_leaves_the_old_records_or_the_new_ones()
    {
        Dictionary<string, byte[]> old, added;
        using (var store = Store())
        {
            var articles = await Made(store);
            await articles.UpsertAsync(Articles(0..5, year: 1), Token);
            old = Files();
            await articles.UpsertAsync(Articles(3..9, year: 2), Token);
            added = Files().Where(file => !old.ContainsKey(file.Key)).ToDictionary();
        }

        var random = new Random(1);
        for (var moment = 0; moment < 20; moment++)
        {
            // The files of the second commit that are there, whole or in part, without the manifest that names them; data and vectors both.
            foreach (var (file, bytes) in old)
            {
                File.WriteAllBytes(file, bytes);
            }

            foreach (var (file, bytes) in added)
            {
                File.Delete(file);
                if (random.Next(3) > 0)
                {
                    File.WriteAllBytes(file, bytes[..random.Next(bytes.Length + 1)]);
                }
            }

            using var store = Store();
            Assert.Equal([1, 1, 1, 1, 1], (await All(Get(store))).Select(article => article.Year));
        }

        using var next = Store();
        await Get(next).UpsertAsync(Articles(3..9, year: 2), Token);
        Assert.Equal([1, 1, 1, 2, 2, 2, 2, 2, 2], (await All(Get(next))).Select(article => article.Year));
    }

    [Fact]
    public async Task Another_process_that_writes_is_one_sentence_and_damage_too()
    {
        using var store = Store();
        var articles = await Made(store);
        using (VectorIndexWriter.Open(Path))
        {
            var failure = await Assert.ThrowsAsync<VectorStoreException>(() => articles.UpsertAsync(Articles(0..1, year: 1), Token));
            Assert.StartsWith($"{Path}: another process is changing this index", failure.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<VectorStoreException>(() => articles.EnsureCollectionDeletedAsync(Token));
        }

        await articles.UpsertAsync(Articles(0..5, year: 1), Token);
        var strings = Directory.GetFiles(Path, "*.strings").Single();
        var bytes = File.ReadAllBytes(strings);
        bytes[5] ^= 1;
        File.WriteAllBytes(strings, bytes);
        using var again = Store();
        Assert.Contains("strings", (await Assert.ThrowsAsync<VectorStoreException>(() => All(Get(again)))).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_folder.Path, "store", "articles");

    private static VectorStoreCollection<string, Article> Get(VectorStore store) => store.GetCollection<string, Article>("articles");

    private static async Task<VectorStoreCollection<string, Article>> Made(VectorStore store)
    {
        var articles = Get(store);
        await articles.EnsureCollectionExistsAsync(Token);
        return articles;
    }

    private static IEnumerable<Article> Articles(Range numbers, int year) => Enumerable.Range(numbers.Start.Value, numbers.End.Value - numbers.Start.Value)
        .Select(number => new Article { Id = $"{number}", Title = $"Title {number}", Year = year, Vector = new float[] { number, 1 } });

    private static async Task<List<Article>> All(VectorStoreCollection<string, Article> articles) => await articles.GetAsync(
        article => true, 1000, new FilteredRecordRetrievalOptions<Article> { OrderBy = order => order.Ascending(article => article.Id) }, Token).ToListAsync(Token);

    private static async Task<int> Count(VectorStoreCollection<string, Article> articles) => (await All(articles)).Count;

    private MiCseVectorStore Store() => new(_folder.File("store"));

    private int Segments() => Directory.GetFiles(Path, "*.order").Length;

    private Dictionary<string, byte[]> Files() => Directory.GetFiles(Path, "*", new EnumerationOptions { AttributesToSkip = 0 })
        .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary(file => file, File.ReadAllBytes);
}
