using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Tokenization.Normalizers;

namespace MiCse.Tests.Tokenization;

/// <summary>The ids of the Rust library with tokenizers of other families, from their tokenizer.json alone.</summary>
public sealed class GoldenFamilyTests
{
    public static TheoryData<string> Families =>
        ["mpnet", "bert-multilingual-cased", "modernbert", "xlm-roberta", "xlm-roberta-later", "albert", "split-bpe"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Strings(string family)
    {
        var tokenizer = Tokenizer.Load(FileOf(family));
        var texts = Rows("strings.jsonl").Select(row => row.GetProperty("text").GetString()!).ToList();
        var rows = Rows(family, "ids.jsonl");
        Assert.Equal(848, rows.Count);
        foreach (var (text, row) in texts.Zip(rows))
        {
            Assert.Equal(Ids(row, "ids"), tokenizer.Tokenize(text).Ids);
            Assert.Equal(Ids(row, "ids24") ?? Ids(row, "ids"), tokenizer.Tokenize(text, 24).Ids);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Pairs(string family)
    {
        var tokenizer = Tokenizer.Load(FileOf(family));
        var rows = Rows(family, "pairs.jsonl");
        Assert.Equal(65, rows.Count);
        foreach (var (texts, row) in Rows("pairs.jsonl").Zip(rows))
        {
            var (first, second) = (texts.GetProperty("a").GetString()!, texts.GetProperty("b").GetString()!);
            var (pair, cut) = (tokenizer.TokenizePair(first, second), tokenizer.TokenizePair(first, second, 24));
            Assert.Equal(Ids(row, "input_ids"), pair.Ids);
            Assert.Equal(Ids(row, "token_type_ids"), pair.TypeIds);
            Assert.Equal(Ids(row, "input_ids24") ?? pair.Ids, cut.Ids);
            Assert.Equal(Ids(row, "token_type_ids24") ?? pair.TypeIds, cut.TypeIds);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_is_saved_says_the_same(string family)
    {
        using var folder = new TemporaryFolder();
        Tokenizer.Load(FileOf(family)).Save(folder.File("saved"));
        var saved = Tokenizer.Load(folder.File("saved"));
        saved.Save(folder.File("again"));

        var (before, after) = (JsonNode.Parse(File.ReadAllText(FileOf(family)))!, JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File("saved"), "tokenizer.json")))!);
        Assert.All(
            ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"],
            key => Assert.True(JsonNode.DeepEquals(before[key], after[key]), $"{key}: {after[key]}"));
        Assert.All(["vocab", "merges", "unk_token", "unk_id"], key => Assert.True(JsonNode.DeepEquals(before["model"]![key], after["model"]![key]), key));
        Assert.Equal(family == "bert-multilingual-cased", File.Exists(Path.Combine(folder.File("saved"), "vocab.txt")));
        Assert.All(
            Directory.GetFiles(folder.File("saved")),
            file => Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder.File("again"), Path.GetFileName(file)))));

        var texts = Rows("strings.jsonl").Select(row => row.GetProperty("text").GetString()!);
        Assert.All(texts.Zip(Rows(family, "ids.jsonl")), row => Assert.Equal(Ids(row.Second, "ids"), saved.Tokenize(row.First).Ids));
    }

    [Theory]
    [InlineData("xlm-roberta")]
    [InlineData("albert")]
    public void Normalizers(string family)
    {
        var normalizer = Tokenizer.Load(FileOf(family)).Parts.Normalizer!;
        var changed = Rows(family, "normalized.jsonl").ToDictionary(row => row.GetProperty("id").GetInt32(), row => row.GetProperty("normalized").GetString()!);
        foreach (var row in Rows("strings.jsonl"))
        {
            var text = row.GetProperty("text").GetString()!;
            Assert.Equal(changed.GetValueOrDefault(row.GetProperty("id").GetInt32(), text), normalizer.Normalize(text));
        }
    }

    [Fact]
    public void A_chain_of_XLM_RoBERTa()
    {
        var folder = Fixture.Shared("fixtures", "families", "chains", "e5");
        var tokenizer = Tokenizer.Load(folder);
        var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json"))).RootElement;
        var texts = expected.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!).ToList();
        foreach (var run in expected.GetProperty("runs").EnumerateArray())
        {
            var ids = run.GetProperty("ids").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray());
            Assert.Equal(ids, texts.Select(text => tokenizer.Tokenize((run.GetProperty("prompt_used").GetString() + text).Trim(), expected.GetProperty("max_length").GetInt32()).Ids));
        }
    }

    private static string FileOf(string family) => Path.Combine(Folder(), family, "tokenizer.json");

    private static string Folder() => Fixture.Shared("fixtures", "families", "tokenizers");

    private static List<JsonElement> Rows(params string[] path) =>
        [.. File.ReadLines(Path.Combine([Folder(), .. path])).Select(line => JsonDocument.Parse(line).RootElement)];

    private static int[]? Ids(JsonElement row, string name) =>
        row.GetProperty(name) is { ValueKind: JsonValueKind.Array } ids ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : null;
}
