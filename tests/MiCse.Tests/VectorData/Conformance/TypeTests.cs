using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Record = System.Collections.Generic.Dictionary<string, object?>;

namespace MiCse.Tests.VectorData.Conformance;

/// <summary>Types of data, of vectors and of keys: what is put in comes out, typed and dynamic, and filters compare it.</summary>
public sealed class TypeTests : StoreFixture
{
    [Fact]
    public async Task Data_of_every_type_comes_back_and_can_be_filtered()
    {
        await Data<byte>(8, 9);
        await Data<short>(8, 9);
        await Data(8, 9);
        await Data(8L, 9L);
        await Data(8.5f, 9.5f);
        await Data(8.5, 9.5);
        await Data(8.5m, 9.5m);
        await Data("foo", "bar");
        await Data(true, false);
        await Data(new Guid("603840bf-cf91-4521-8b8e-8b6a2e75910a"), new Guid("e9a97807-8cf0-4741-8ce3-82df676ca0f0"));
        await Data(new DateTime(2020, 1, 1, 12, 30, 45), new DateTime(2021, 2, 3, 13, 40, 55));
        await Data(new DateTimeOffset(2020, 1, 1, 12, 30, 45, TimeSpan.FromHours(2)), new DateTimeOffset(2021, 2, 3, 13, 40, 55, TimeSpan.FromHours(3)));
        await Data(new DateOnly(2020, 1, 1), new DateOnly(2021, 2, 3));
        await Data(new TimeOnly(12, 30, 45), new TimeOnly(13, 40, 55));
        await Data<int?>(8, 9);
        await Data<DateTimeOffset?>(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), null);
        // Arrays are compared by reference in a filter, as in any expression: they are only read back.
        await Data<string[]>(["foo", "bar"], ["foo", "baz"], isFilterable: false);
    }

    [Fact]
    public async Task Vectors_of_every_type_come_back()
    {
        float[] numbers = [1, 2, 3];
        await Vectors(new ReadOnlyMemory<float>(numbers), vector => vector.ToArray());
        await Vectors(new Embedding<float>(numbers), vector => vector.Vector.ToArray());
        await Vectors(numbers, vector => vector);

        async Task Vectors<T>(T vector, Func<T, float[]> read)
            where T : notnull
        {
            var name = typeof(T).Name;
            var declared = Definition(new VectorStoreKeyProperty("Key", typeof(Guid)), new VectorStoreDataProperty("Value", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(T), 3));
            var typed = Store.GetCollection<Guid, Holder<int, T>>(name, declared);
            await typed.EnsureCollectionExistsAsync(Token);
            var key = Guid.Parse("603840bf-cf91-4521-8b8e-8b6a2e75910a");
            await typed.UpsertAsync(new Holder<int, T> { Key = key, Value = 42, Vector = vector }, Token);
            Assert.Equal(numbers, read((await typed.GetAsync(key, new() { IncludeVectors = true }, Token))!.Vector!));
            Assert.Equal(numbers, read((await typed.SearchAsync(vector, 1, new() { IncludeVectors = true, Filter = record => record.Value == 42 }, Token).SingleAsync(Token)).Record.Vector!));
            var dynamic = Store.GetDynamicCollection(name, declared);
            await dynamic.UpsertAsync(new Record { ["Key"] = key, ["Value"] = 43, ["Vector"] = vector }, Token);
            Assert.Equal(numbers, read((T)(await dynamic.GetAsync(key, new() { IncludeVectors = true }, Token))!["Vector"]!));
            Assert.Equal(43, (await dynamic.SearchAsync(vector, 1, null, Token).SingleAsync(Token)).Record["Value"]);
        }
    }

    [Fact]
    public async Task Keys_of_every_type_find_their_record()
    {
        await Key(new Guid("603840bf-cf91-4521-8b8e-8b6a2e75910a"));
        await Key("text / ü");
        await Key(-8);
        await Key(long.MinValue);

        async Task Key<T>(T key)
            where T : notnull
        {
            var collection = Store.GetCollection<T, Keyed<T>>($"keys {typeof(T).Name}");
            await collection.EnsureCollectionExistsAsync(Token);
            await collection.UpsertAsync(new Keyed<T> { Key = key, Int = 8, Vector = [1, 2, 3] }, Token);
            Assert.Equal((key, 8), ((await collection.GetAsync(key, null, Token))!.Key, (await collection.GetAsync(key, null, Token))!.Int));
        }
    }

    [Fact]
    public async Task An_empty_Guid_is_replaced_by_a_new_one()
    {
        var collection = Store.GetCollection<Guid, Keyed<Guid>>("made");
        await collection.EnsureCollectionExistsAsync(Token);
        Keyed<Guid>[] records = [new() { Int = 1, Vector = [1, 2, 3] }, new() { Int = 2, Vector = [1, 2, 3] }];
        await collection.UpsertAsync(records, Token);
        Assert.DoesNotContain(records, record => record.Key == Guid.Empty);
        Assert.Equal(2, (await collection.GetAsync(records[1].Key, null, Token))!.Int);
    }

    private async Task Data<T>(T value, T other, bool isFilterable = true)
    {
        var name = typeof(T).ToString();
        var declared = Definition(new VectorStoreKeyProperty("Key", typeof(int)), new VectorStoreDataProperty("Value", typeof(T)), new VectorStoreVectorProperty("Vector", typeof(float[]), 3));
        var typed = Store.GetCollection<int, Holder2<T>>(name.Replace('`', '_'), declared);
        await typed.EnsureCollectionExistsAsync(Token);
        Holder2<T>[] records = [new() { Key = 1, Value = value }, new() { Key = 2, Value = other }];
        if (default(T) is null)
        {
            records = [.. records, new() { Key = 3, Value = default }];
        }

        await typed.UpsertAsync(records, Token);
        foreach (var record in records)
        {
            Assert.Equal(record.Value, (await typed.GetAsync(record.Key, null, Token))!.Value);
        }

        var dynamic = Store.GetDynamicCollection(name.Replace('`', '_'), declared);
        Assert.Equal(value, (T?)(await dynamic.GetAsync(1, null, Token))!["Value"]);
        await dynamic.UpsertAsync(new Record { ["Key"] = 2, ["Value"] = other, ["Vector"] = new float[] { 1, 2, 3 } }, Token);
        Assert.Equal(other, (T?)(await dynamic.GetAsync(2, null, Token))!["Value"]);
        if (!isFilterable)
        {
            return;
        }

        foreach (var wanted in records.Select(record => record.Value).Distinct())
        {
            var keys = records.Where(record => Equals(record.Value, wanted)).Select(record => record.Key).ToArray();
            var row = Expression.Parameter(typeof(Holder2<T>));
            var filter = Expression.Lambda<Func<Holder2<T>, bool>>(Expression.Equal(Expression.Property(row, "Value"), Expression.Constant(wanted, typeof(T))), row);
            Assert.Equal(keys, await typed.SearchAsync(new float[] { 1, 2, 3 }, 9, new() { Filter = filter }, Token).Select(hit => hit.Record.Key).Order().ToListAsync(Token));
            var record = Expression.Parameter(typeof(Record));
            var get = typeof(Record).GetMethod("get_Item", BindingFlags.Public | BindingFlags.Instance)!;
            var dynamicFilter = Expression.Lambda<Func<Record, bool>>(
                Expression.Equal(Expression.Convert(Expression.Call(record, get, Expression.Constant("Value")), typeof(T)), Expression.Constant(wanted, typeof(T))), record);
            Assert.Equal(keys, await dynamic.SearchAsync(new float[] { 1, 2, 3 }, 9, new() { Filter = dynamicFilter }, Token).Select(hit => (int)hit.Record["Key"]!).Order().ToListAsync(Token));
        }
    }

    private sealed class Holder<TValue, TVector>
    {
        public Guid Key { get; set; }

        public TValue? Value { get; set; }

        public TVector? Vector { get; set; }
    }

    private sealed class Holder2<TValue>
    {
        public int Key { get; set; }

        public TValue? Value { get; set; }

        public float[] Vector { get; set; } = [1, 2, 3];
    }

    private sealed class Keyed<TKey>
    {
        [VectorStoreKey]
        public TKey Key { get; set; } = default!;

        [VectorStoreData]
        public int Int { get; set; }

        [VectorStoreVector(3)]
        public float[] Vector { get; set; } = [];
    }
}
