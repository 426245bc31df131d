using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData.Conformance;

public sealed class CollectionManagementTests : StoreFixture
{
    [Fact]
    public async Task A_collection_is_made_once_however_often_it_is_asked_for_and_deleted_the_same()
    {
        var collection = Numbers();
        Assert.False(await collection.CollectionExistsAsync(Token));
        await collection.EnsureCollectionExistsAsync(Token);
        await collection.EnsureCollectionExistsAsync(Token);
        Assert.True(await collection.CollectionExistsAsync(Token));
        await collection.EnsureCollectionDeletedAsync(Token);
        Assert.False(await collection.CollectionExistsAsync(Token));
        await collection.EnsureCollectionDeletedAsync(Token);
        await Store.EnsureCollectionDeletedAsync("numbers", Token);
    }

    [Fact]
    public async Task The_store_knows_its_collections()
    {
        var collection = Numbers();
        Assert.False(await Store.CollectionExistsAsync("numbers", Token));
        Assert.Empty(await Store.ListCollectionNamesAsync(Token).ToListAsync(Token));
        await collection.EnsureCollectionExistsAsync(Token);
        Assert.True(await Store.CollectionExistsAsync("numbers", Token));
        Assert.Equal(["numbers"], await Store.ListCollectionNamesAsync(Token).ToListAsync(Token));
        await Store.EnsureCollectionDeletedAsync("numbers", Token);
        Assert.False(await collection.CollectionExistsAsync(Token));
    }

    [Fact]
    public void A_collection_says_what_it_is()
    {
        var metadata = Assert.IsType<VectorStoreCollectionMetadata>(Numbers().GetService(typeof(VectorStoreCollectionMetadata)));
        Assert.Equal(("micse", "store", "numbers"), (metadata.VectorStoreSystemName, metadata.VectorStoreName, metadata.CollectionName));
    }

    private VectorStoreCollection<string, Numbered> Numbers() => Store.GetCollection<string, Numbered>("numbers", Definition(
        new VectorStoreKeyProperty("Key", typeof(string)) { StorageName = "key" },
        new VectorStoreDataProperty("Text", typeof(string)) { StorageName = "text" },
        new VectorStoreDataProperty("Number", typeof(int)) { StorageName = "number" },
        Vector()));
}
