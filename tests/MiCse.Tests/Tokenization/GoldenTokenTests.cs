using System.Text.Json;
using MiCse.Tests.Data;
using MiCse.Tokenization;

namespace MiCse.Tests.Tokenization;

/// <summary>The ids of the Rust tokenizer, on bert-base-uncased's vocabulary from both kinds of files.</summary>
public sealed class GoldenTokenTests
{
    public static TheoryData<string> Sources => ["tokenizer.json", "vocab.txt"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Strings(string source)
    {
        var tokenizer = Load(source);
        var rows = Rows("strings.jsonl");
        Assert.Equal(1500, rows.Count);
        foreach (var row in rows)
        {
            var text = row.GetProperty("text").GetString()!;
            var expected = Ids(row.GetProperty("fast"));
            Assert.Equal(expected, tokenizer.Tokenize(text).Ids);

            var cut = tokenizer.Tokenize(text, 32);
            Assert.Equal(row.GetProperty("fast32") is { ValueKind: JsonValueKind.Array } shorter ? Ids(shorter) : expected, cut.Ids);
            Assert.Equal(expected.Length > 32, cut.Truncated);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Pairs(string source)
    {
        var tokenizer = Load(source);
        var rows = Rows("pairs.jsonl");
        Assert.Equal(50, rows.Count);
        foreach (var row in rows)
        {
            var (first, second) = (row.GetProperty("a").GetString()!, row.GetProperty("b").GetString()!);
            var full = row.GetProperty("fast");
            AssertPair(full, tokenizer.TokenizePair(first, second));
            var cut = row.GetProperty("fast32") is { ValueKind: JsonValueKind.Object } shorter ? shorter : full;
            AssertPair(cut, tokenizer.TokenizePair(first, second, 32));
        }
    }

    private static void AssertPair(JsonElement expected, TokenizedPair pair)
    {
        Assert.Equal(Ids(expected.GetProperty("input_ids")), pair.Ids);
        Assert.Equal(Ids(expected.GetProperty("token_type_ids")), pair.TypeIds);
    }

    private static Tokenizer Load(string source)
    {
        var folder = Fixture.Shared("data", "bert-base-uncased");
        if (source == "tokenizer.json")
        {
            return Tokenizer.Load(folder);
        }

        using var copy = new TemporaryFolder();
        File.Copy(Path.Combine(folder, "vocab.txt"), copy.File("vocab.txt"));
        return Tokenizer.Load(copy.Path);
    }

    private static List<JsonElement> Rows(string name) =>
        [.. File.ReadLines(Fixture.Path("tokenizer", name)).Select(line => JsonDocument.Parse(line).RootElement)];

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];
}
