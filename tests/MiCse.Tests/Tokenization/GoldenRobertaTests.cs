using System.Text.Json;
using MiCse.Tokenization;
using MiCse.Tokenization.PreTokenizers;

namespace MiCse.Tests.Tokenization;

/// <summary>The ids of the Rust tokenizer on RoBERTa's vocabulary, alone, with add_prefix_space, and before "two words of text" in a pair.</summary>
public class GoldenRobertaTests
{
    [Fact]
    public void Strings_and_pairs()
    {
        var tokenizer = Tokenizer.Load(Fixture.Shared("data", "roberta"));
        var spaced = new Tokenizer(tokenizer.Parts with { PreTokenizer = new ByteLevelPreTokenizer(addPrefixSpace: true) });
        var rows = 0;
        foreach (var line in File.ReadLines(Fixture.Path("tokenizer", "roberta.jsonl")))
        {
            var row = JsonDocument.Parse(line).RootElement;
            var text = row.GetProperty("text").GetString()!;
            Assert.Equal(Ids(row, "ids"), tokenizer.Tokenize(text).Ids);
            Assert.Equal(Ids(row, "spaced"), spaced.Tokenize(text).Ids);
            var pair = tokenizer.TokenizePair(text, "two words of text");
            Assert.Equal(Ids(row, "pair"), pair.Ids);
            Assert.Equal(Ids(row, "types"), pair.TypeIds);
            rows++;
        }

        Assert.True(rows > 100);
    }

    private static int[] Ids(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
