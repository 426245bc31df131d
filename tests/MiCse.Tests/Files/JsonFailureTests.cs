using System.Text.Json;
using MiCse.Data;
using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Files;

/// <summary>A mistake in a JSON file is one short line with its place, however long the file goes on after it.</summary>
public sealed class JsonFailureTests
{
    private static readonly string s_pages = string.Concat(Enumerable.Repeat("and on it goes for pages\r\n\u001b[31m", 1000));

    [Theory]
    [InlineData("{\"a\": 1,\n \"b\": nux ", "literal", 2)]
    [InlineData("{\"a\": tru", "literal", 1)]
    [InlineData("{\"a\": 12x", "", 1)]
    [InlineData("{\"a\": [1, 2", "", 1)]
    [InlineData("{\"a\": \"b\" x", "", 1)]
    [InlineData("{'a': 1}", "", 1)]
    [InlineData("<html>", "start of a value", 1)]
    [InlineData("{\"a\": \"never closed ", "", 1)]
    public void A_mistake_is_one_short_line_with_its_place(string json, string says, int line)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("config.json");
        File.WriteAllText(path, json + s_pages);

        var config = Assert.Throws<ModelFormatException>(() => JsonFile.ReadObject(path));
        File.Move(path, path + "l");
        var rows = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path + "l").ToList());

        Assert.Contains(says, config.Message, StringComparison.Ordinal);
        Assert.Contains($"(line {line}, byte ", config.Message, StringComparison.Ordinal);
        Assert.All(new[] { config.Message, rows.Message }, message =>
        {
            Assert.InRange(message.Length, path.Length, path.Length + 250);
            Assert.DoesNotContain(message, char.IsControl);
            Assert.DoesNotContain("LineNumber", message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_has_no_place_is_cut_too() =>
        Assert.InRange(JsonFailure.Describe(new JsonException(s_pages)).Length, 10, 400);
}
