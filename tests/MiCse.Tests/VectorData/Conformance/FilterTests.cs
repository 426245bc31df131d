using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;
using Record = System.Collections.Generic.Dictionary<string, object?>;

namespace MiCse.Tests.VectorData.Conformance;

public sealed class FilterTests : StoreFixture
{
    private const string Special = """special ' " \ % _ ; -- ünïcode 🙂""";
    private static readonly Row[] s_rows =
    [
        new() { Key = "1", Int = 8, Int2 = 80, String = "foo", Bool = true, Array = ["x", "y"], List = ["x", "y"] },
        new() { Key = "2", Int = 9, Int2 = 90, String = "bar", Array = ["a", "b"], List = ["a", "b"] },
        new() { Key = "3", Int = 9, Int2 = 100, String = "foo", Bool = true, Array = ["x"], List = ["x"] },
        new() { Key = "4", Int = 10, Int2 = 100, String = null, Array = ["z"], List = ["z"] },
        new() { Key = "5", Int = 11, Int2 = 1, String = Special, Array = [], List = [] },
    ];

    private static readonly int s_readOnly = 8;
    private static int s_static = 8;
    private readonly (int Number, int Other) _own = (8, 9);

    [Fact]
    public async Task Records_pass_as_the_same_expression_lets_objects_pass()
    {
        var injected = "foo; DROP TABLE rows;";
        string? nothing = null;
        int? some = 8, none = null;
        int captured = 8;
        string[] names = ["foo", "baz", "un  , ' \""], tags = ["x", "z", "nonexistent"];
        List<string> tagList = [.. tags];
        (string Name, Expression<Func<Row, bool>> Filter, Expression<Func<Record, bool>> Dynamic)[] filters =
        [
            ("equal number", row => row.Int == 8, row => (int)row["Int"]! == 8),
            ("equal text", row => row.String == "foo", row => (string?)row["String"] == "foo"),
            ("a text that would be a statement", row => row.String == injected, row => (string?)row["String"] == injected),
            ("special characters", row => row.String == Special, row => (string?)row["String"] == Special),
            ("a part of a text is not the text", row => row.String == "special", row => (string?)row["String"] == "special"),
            ("reversed", row => 8 == row.Int, row => 8 == (int)row["Int"]!),
            ("null", row => row.String == null, row => row["String"] == null),
            ("a captured null", row => row.String == nothing, row => (string?)row["String"] == nothing),
            ("a nullable number", row => row.Int == some, row => (int)row["Int"]! == some),
            ("a nullable number that is null", row => row.Int == none, row => (int)row["Int"]! == none),
            ("the value of a nullable number", row => row.Int == some!.Value, row => (int)row["Int"]! == some!.Value),
            ("unequal number", row => row.Int != 8, row => (int)row["Int"]! != 8),
            ("unequal text", row => row.String != "foo", row => (string?)row["String"] != "foo"),
            ("not null", row => row.String != null, row => row["String"] != null),
            ("a boolean", row => row.Bool, row => (bool)row["Bool"]!),
            ("a boolean or not", row => row.Bool || !row.Bool, row => (bool)row["Bool"]! || !(bool)row["Bool"]!),
            ("greater", row => row.Int > 9, row => (int)row["Int"]! > 9),
            ("greater or equal", row => row.Int >= 9, row => (int)row["Int"]! >= 9),
            ("less", row => row.Int < 10, row => (int)row["Int"]! < 10),
            ("less or equal", row => row.Int <= 10, row => (int)row["Int"]! <= 10),
            ("and", row => row.Int == 8 && row.String == "foo", row => (int)row["Int"]! == 8 && (string?)row["String"] == "foo"),
            ("or", row => row.Int == 8 || row.String == "foo", row => (int)row["Int"]! == 8 || (string?)row["String"] == "foo"),
            ("and in or", row => (row.Int == 8 && row.String == "foo") || row.Int2 == 100, row => ((int)row["Int"]! == 8 && (string?)row["String"] == "foo") || (int)row["Int2"]! == 100),
            ("or in and", row => (row.Int == 8 || row.Int == 9) && row.String == "foo", row => ((int)row["Int"]! == 8 || (int)row["Int"]! == 9) && (string?)row["String"] == "foo"),
            ("not equal", row => !(row.Int == 8), row => !((int)row["Int"]! == 8)),
            ("not unequal", row => !(row.Int != 8), row => !((int)row["Int"]! != 8)),
            ("not and", row => !(row.Int == 8 && row.String == "foo"), row => !((int)row["Int"]! == 8 && (string?)row["String"] == "foo")),
            ("not or", row => !(row.Int == 8 || row.String == "foo"), row => !((int)row["Int"]! == 8 || (string?)row["String"] == "foo")),
            ("not a boolean, and", row => !row.Bool && row.Int != int.MaxValue, row => !(bool)row["Bool"]! && (int)row["Int"]! != int.MaxValue),
            ("an array contains", row => row.Array.Contains("x"), row => ((string[])row["Array"]!).Contains("x")),
            ("a list contains", row => row.List.Contains("x"), row => ((List<string>)row["List"]!).Contains("x")),
            ("an inline array contains", row => new[] { 8, 10 }.Contains(row.Int), row => new[] { 8, 10 }.Contains((int)row["Int"]!)),
            ("a captured array contains", row => names.Contains(row.String), row => names.Contains((string?)row["String"])),
            ("Enumerable.Contains", row => Enumerable.Contains(row.Array, "x"), row => Enumerable.Contains((string[])row["Array"]!, "x")),
            ("MemoryExtensions.Contains", row => MemoryExtensions.Contains(row.Array, "x"), row => MemoryExtensions.Contains((string[])row["Array"]!, "x")),
            ("with a comparer", row => MemoryExtensions.Contains(row.Array, "x", null), row => MemoryExtensions.Contains((string[])row["Array"]!, "x", null)),
            ("any in an inline array", row => row.Array.Any(tag => new[] { "x", "z" }.Contains(tag)), row => ((string[])row["Array"]!).Any(tag => new[] { "x", "z" }.Contains(tag))),
            ("any in a captured array", row => row.Array.Any(tag => tags.Contains(tag)), row => ((string[])row["Array"]!).Any(tag => tags.Contains(tag))),
            ("any in a captured list", row => row.List.Any(tag => tagList.Contains(tag)), row => ((List<string>)row["List"]!).Any(tag => tagList.Contains(tag))),
            ("a local variable", row => row.Int == captured, row => (int)row["Int"]! == captured),
            ("a member", row => row.Int == _own.Number, row => (int)row["Int"]! == _own.Number),
            ("a static field", row => row.Int == s_static, row => (int)row["Int"]! == s_static),
            ("a read-only field", row => row.Int == s_readOnly, row => (int)row["Int"]! == s_readOnly),
            ("true", row => true, row => true),
        ];

        var typed = Store.GetCollection<string, Row>("rows");
        await typed.EnsureCollectionExistsAsync(Token);
        await typed.UpsertAsync(s_rows, Token);
        var dynamic = Store.GetDynamicCollection("rows", Declared);
        ReadOnlyMemory<float> query = new float[] { 1, 2, 3 };
        foreach (var (name, filter, dynamicFilter) in filters)
        {
            var expected = s_rows.AsQueryable().Where(filter).Select(row => row.Key).Order().ToArray();
            Assert.True(expected.SequenceEqual(await Keys(typed.SearchAsync(query, 99, new() { Filter = filter }, Token).Select(hit => hit.Record.Key))), name);
            Assert.True(expected.SequenceEqual(await Keys(typed.GetAsync(filter, 99, null, Token).Select(row => row.Key))), name);
            Assert.True(expected.SequenceEqual(await Keys(dynamic.SearchAsync(query, 99, new() { Filter = dynamicFilter }, Token).Select(hit => (string)hit.Record["Key"]!))), name);
        }
    }

    [Fact]
    public async Task What_no_filter_can_ask_is_refused()
    {
        var rows = Store.GetDynamicCollection("rows", Declared);
        await rows.EnsureCollectionExistsAsync(Token);
        var incomplete = await Assert.ThrowsAsync<VectorStoreException>(() => rows.UpsertAsync(new Record { ["Key"] = "1", ["Int"] = 1, ["Vector"] = new ReadOnlyMemory<float>([1, 2, 3]) }, Token));
        Assert.StartsWith("A record has no Int2, which is declared as Int32;", incomplete.Message, StringComparison.Ordinal);
        await rows.UpsertAsync(new Record { ["Key"] = "1", ["Int"] = 1, ["Int2"] = 1, ["Bool"] = true, ["Vector"] = new ReadOnlyMemory<float>([1, 2, 3]) }, Token);
        ReadOnlyMemory<float> query = new float[] { 1, 2, 3 };

        // What is captured is evaluated for every record, so that its failure is the filter's.
        int? none = null;
        var failure = await Assert.ThrowsAsync<VectorStoreException>(
            async () => await rows.SearchAsync(query, 1, new() { Filter = row => (int)row["Int"]! == none!.Value }, Token).ToListAsync(Token));
        Assert.IsType<InvalidOperationException>(failure.InnerException);
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await rows.SearchAsync(query, 1, new() { Filter = row => (string?)row["Int = 1; DROP TABLE rows"] == "" }, Token).ToListAsync(Token));
    }

    private static VectorStoreCollectionDefinition Declared => Definition(
        new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreDataProperty("Int", typeof(int)), new VectorStoreDataProperty("Int2", typeof(int)),
        new VectorStoreDataProperty("String", typeof(string)), new VectorStoreDataProperty("Bool", typeof(bool)), new VectorStoreDataProperty("Array", typeof(string[])),
        new VectorStoreDataProperty("List", typeof(List<string>)), Vector());

    private static async Task<List<string>> Keys(IAsyncEnumerable<string> keys) => [.. (await keys.ToListAsync(Token)).Order()];

    private sealed class Row
    {
        [VectorStoreKey]
        public string Key { get; set; } = "";

        [VectorStoreData(IsIndexed = true)]
        public int Int { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public int Int2 { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public string? String { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public bool Bool { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public string[] Array { get; set; } = [];

        [VectorStoreData(IsIndexed = true)]
        public List<string> List { get; set; } = [];

        [VectorStoreVector(3)]
        public ReadOnlyMemory<float> Vector { get; set; } = new float[] { 1, 2, 3 };
    }
}
