using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData.Conformance;

public sealed class IndexKindTests : StoreFixture
{
    [Theory]
    [InlineData(null)]
    [InlineData(IndexKind.Flat)]
    [InlineData(IndexKind.Dynamic)]
    [InlineData(IndexKind.Hnsw)]
    [InlineData(IndexKind.QuantizedFlat)]
    public async Task Every_kind_finds_the_nearest(string? kind)
    {
        var collection = Store.GetCollection<string, Numbered>(
            "numbers", Definition(new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreDataProperty("Number", typeof(int)), Vector(3, null, kind)));
        await collection.EnsureCollectionExistsAsync(Token);
        float[][] vectors = [[1, 2, 3], [10, 30, 50], [100, 40, 70]];
        await collection.UpsertAsync(vectors.Select((vector, at) => new Numbered { Key = $"{at}", Number = at + 1, Vector = vector }), Token);

        Assert.Equal(2, (await collection.SearchAsync(new ReadOnlyMemory<float>(vectors[1]), 1, null, Token).SingleAsync(Token)).Record.Number);
    }
}
