using MiCse.Tests.Data;
using MiCse.VectorData;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData;

public sealed class EmbeddedTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallModel _model = new();
    private readonly SentenceEncoder _encoder;

    public EmbeddedTextTests() => _encoder = SentenceEncoder.Load(_model.Path);

    public void Dispose()
    {
        _encoder.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Texts_are_encoded_in_records_and_searches()
    {
        using var store = new MiCseVectorStore(_folder.File("store"), _encoder);
        var notes = await Notes(store);
        await notes.UpsertAsync(new[] { "the cat sat", "a dog", "on the mat" }.Select((text, at) => new Note { Id = at, Text = text, Topic = text }), Token);

        var hits = await notes.SearchAsync("the cat", 3, null, Token).ToListAsync(Token);

        Assert.Equal(
            new[] { "the cat sat", "a dog", "on the mat" }.OrderByDescending(text => _encoder.Similarity("the cat", text)),
            hits.Select(hit => hit.Record.Topic));
        Assert.All(hits, hit => Assert.Equal(_encoder.Similarity("the cat", hit.Record.Topic!), hit.Score!.Value, 5));
        // The vector stands for the text; who wants to read it keeps it as data too.
        Assert.All(hits, hit => Assert.Null(hit.Record.Text));
        Assert.Throws<NotSupportedException>(() => notes.SearchAsync("x", 1, new VectorSearchOptions<Note> { IncludeVectors = true }, Token));
        Assert.Contains("null as Text", (await Assert.ThrowsAsync<VectorStoreException>(() => notes.UpsertAsync(new Note(), Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_models_vectors_are_refused()
    {
        using (var store = new MiCseVectorStore(_folder.File("store"), _encoder))
        {
            await (await Notes(store)).UpsertAsync(new Note { Id = 1, Text = "the cat" }, Token);
        }

        using var other = new SmallModel();
        var weights = Path.Combine(other.Path, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        using var another = SentenceEncoder.Load(other.Path);
        using var reopened = new MiCseVectorStore(_folder.File("store"), another);
        var notes = reopened.GetCollection<int, Note>("notes");

        foreach (var use in new Func<Task>[]
        {
            () => notes.EnsureCollectionExistsAsync(Token), () => notes.UpsertAsync(new Note { Id = 2, Text = "a dog" }, Token),
            () => notes.GetAsync(1, null, Token), async () => await notes.SearchAsync("dog", 1, null, Token).ToListAsync(Token),
        })
        {
            Assert.Contains("cannot be compared", (await Assert.ThrowsAsync<VectorStoreException>(use)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_model_must_make_vectors_of_the_declared_length()
    {
        using var store = new MiCseVectorStore(_folder.File("store"), _encoder);
        var wrong = new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Text", typeof(string), 99)],
        };

        var failure = await Assert.ThrowsAsync<VectorStoreException>(
            () => store.GetDynamicCollection("wrong", wrong).EnsureCollectionExistsAsync(Token));

        Assert.Contains("declares vectors of 99 dimensions", failure.Message, StringComparison.Ordinal);
        Assert.False(await store.CollectionExistsAsync("wrong", Token));
    }

    [Fact]
    public async Task Services_have_the_store_its_collection_and_the_encoder()
    {
        using var provider = new ServiceCollection()
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(_encoder)
            .AddMiCseVectorStore(_folder.File("store"))
            .AddMiCseCollection<int, Note>("notes")
            .BuildServiceProvider();
        var notes = provider.GetRequiredService<VectorStoreCollection<int, Note>>();
        await notes.EnsureCollectionExistsAsync(Token);
        await notes.UpsertAsync(new Note { Id = 1, Text = "the cat", Topic = "cats" }, Token);

        var hit = await provider.GetRequiredService<IVectorSearchable<Note>>().SearchAsync("cat", 1, null, Token).SingleAsync(Token);

        Assert.Equal("cats", hit.Record.Topic);
        Assert.Equal(["notes"], await provider.GetRequiredService<VectorStore>().ListCollectionNamesAsync(Token).ToListAsync(Token));
        Assert.Same(provider.GetRequiredService<VectorStore>(), provider.GetRequiredService<MiCseVectorStore>());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<VectorStoreCollection<int, Note>> Notes(MiCseVectorStore store)
    {
        var notes = store.GetCollection<int, Note>("notes");
        await notes.EnsureCollectionExistsAsync(Token);
        return notes;
    }

    private sealed class Note
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreData]
        public string? Topic { get; set; }

        [VectorStoreVector(16)]
        public string? Text { get; set; }
    }
}
