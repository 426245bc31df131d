using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Record = System.Collections.Generic.Dictionary<string, object?>;

namespace MiCse.Tests.VectorData.Conformance;

public sealed class EmbeddingGenerationTests : StoreFixture
{
    // The last number of a vector says who made it.
    private const float ByStore = 1;
    private const float ByDefinition = 2;
    private const float ByProperty = 3;
    private const string Refusal = "When an embedding generator is configured, `Include Vectors` cannot be enabled.";

    [Theory]
    [InlineData(true, true, ByProperty)]
    [InlineData(true, false, ByDefinition)]
    [InlineData(false, false, ByStore)]
    public async Task The_nearest_generator_encodes_texts_of_records_and_searches(bool definition, bool property, float expected)
    {
        using var store = StoreWith(new BracketGenerator(ByStore));
        var declared = Declared(definition ? new BracketGenerator(ByDefinition) : null, property ? new BracketGenerator(ByProperty) : null);
        var notes = store.GetCollection<int, Note>("notes", declared);
        await notes.EnsureCollectionExistsAsync(Token);
        await notes.UpsertAsync(new Note { Key = 1, Embedding = "[100, 1, 0]", Text = "one" }, Token);
        await notes.UpsertAsync([new Note { Key = 2, Embedding = "[0, 1, 0]", Text = "two" }, new Note { Key = 3, Embedding = "[0, 0, 1]", Text = "three" }], Token);
        var dynamic = store.GetDynamicCollection("notes", declared);
        await dynamic.UpsertAsync(new Record { ["Key"] = 4, ["Embedding"] = "[-1, 0, 0]", ["Text"] = "four" }, Token);
        await dynamic.UpsertAsync([new Record { ["Key"] = 5, ["Embedding"] = "[-1, -1, 0]", ["Text"] = "five" }], Token);

        // A vector that is given as it is finds out what was stored.
        foreach (var (text, vector) in new[] { ("one", new[] { 100, 1, expected }), ("two", [0, 1, expected]), ("four", [-1, 0, expected]), ("five", [-1, -1, expected]) })
        {
            var hit = await notes.SearchAsync(new ReadOnlyMemory<float>(vector), 1, null, Token).SingleAsync(Token);
            Assert.Equal((text, 1.0), (hit.Record.Text, Math.Round(hit.Score!.Value, 6)));
            Assert.Null(hit.Record.Embedding);
        }

        Assert.Equal("two", (await notes.SearchAsync("[0, 1, 0]", 1, null, Token).SingleAsync(Token)).Record.Text);
        Assert.Equal("two", (await dynamic.SearchAsync("[0, 1, 0]", 1, null, Token).SingleAsync(Token)).Record["Text"]);
    }

    [Fact]
    public async Task Inputs_of_other_types_are_encoded_too()
    {
        using var store = StoreWith(new CustomerGenerator());
        var people = store.GetCollection<int, Person>("people", Definition(
            new VectorStoreKeyProperty("Key", typeof(int)), new VectorStoreDataProperty("Name", typeof(string)), new VectorStoreVectorProperty<Customer>("Embedding", 3)));
        await people.EnsureCollectionExistsAsync(Token);
        await people.UpsertAsync([new() { Key = 1, Name = "A", Embedding = new Customer("[1, 0, 0]") }, new() { Key = 2, Name = "B", Embedding = new Customer("[0, 1, 0]") }], Token);

        Assert.Equal("B", (await people.SearchAsync(new Customer("[0, 2, 0]"), 1, null, Token).SingleAsync(Token)).Record.Name);
    }

    [Fact]
    public async Task Searches_are_encoded_where_records_bring_vectors()
    {
        using var store = StoreWith(new BracketGenerator());
        var notes = store.GetCollection<string, Numbered>("numbers", Definition(new VectorStoreKeyProperty("Key", typeof(string)), Vector()));
        await notes.EnsureCollectionExistsAsync(Token);
        await notes.UpsertAsync([new() { Key = "x", Vector = new float[] { 1, 0, 0 } }, new() { Key = "y", Vector = new float[] { 0, 1, 0 } }], Token);

        Assert.Equal("y", (await notes.SearchAsync("[0, 1, 0]", 1, null, Token).SingleAsync(Token)).Record.Key);
    }

    [Fact]
    public async Task What_cannot_be_encoded_is_refused()
    {
        var raw = Store.GetCollection<string, Numbered>("raw", Definition(new VectorStoreKeyProperty("Key", typeof(string)), Vector()));
        await raw.EnsureCollectionExistsAsync(Token);
        Assert.StartsWith(
            "A value of type 'string' was passed to 'SearchAsync', but that isn't a supported vector type by your provider and no embedding generator was configured. The supported vector types are:",
            (await Assert.ThrowsAsync<NotSupportedException>(async () => await raw.SearchAsync("text", 1, null, Token).ToListAsync(Token))).Message, StringComparison.Ordinal);

        using var store = StoreWith(new BracketGenerator(ByStore));
        var notes = store.GetCollection<int, Note>("notes", Declared());
        await notes.EnsureCollectionExistsAsync(Token);
        Assert.Equal(
            "An input of type 'int' was provided, but an incompatible embedding generator of type 'BracketGenerator' was configured.",
            (await Assert.ThrowsAsync<InvalidOperationException>(async () => await notes.SearchAsync(8, 1, null, Token).ToListAsync(Token))).Message);
    }

    [Fact]
    public async Task Encoded_texts_cannot_be_read_back_as_vectors()
    {
        using var store = StoreWith(new BracketGenerator(ByStore));
        var notes = store.GetCollection<int, Note>("notes", Declared());
        await notes.EnsureCollectionExistsAsync(Token);
        foreach (var read in new Func<Task>[]
        {
            async () => await notes.SearchAsync("[1, 0, 0]", 1, new() { IncludeVectors = true }, Token).ToListAsync(Token),
            () => notes.GetAsync(1, new() { IncludeVectors = true }, Token),
            async () => await notes.GetAsync([1, 2], new() { IncludeVectors = true }, Token).ToListAsync(Token),
        })
        {
            Assert.Equal(Refusal, (await Assert.ThrowsAsync<NotSupportedException>(read)).Message);
        }
    }

    private static VectorStoreCollectionDefinition Declared(IEmbeddingGenerator? definition = null, IEmbeddingGenerator? property = null) => new()
    {
        Properties =
        [
            new VectorStoreKeyProperty("Key", typeof(int)), new VectorStoreDataProperty("Text", typeof(string)),
            new VectorStoreVectorProperty("Embedding", typeof(string), 3) { EmbeddingGenerator = property },
        ],
        EmbeddingGenerator = definition,
    };

    private sealed class Note
    {
        public int Key { get; set; }

        public string? Text { get; set; }

        public string? Embedding { get; set; }
    }

    private sealed class Person
    {
        public int Key { get; set; }

        public string? Name { get; set; }

        public Customer? Embedding { get; set; }
    }
}
