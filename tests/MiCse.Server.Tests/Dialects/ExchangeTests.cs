using System.Text;
using System.Text.Json;

namespace MiCse.Server.Tests.Dialects;

/// <summary>
/// Exchanges of text-embeddings-inference and Cohere in tests/Fixtures/exchanges, written from the public descriptions of their APIs: the server's answers must
/// have all that theirs have, in the same form.
/// </summary>
public sealed class ExchangeTests(SharedServer shared)
{
    public static TheoryData<string, string> Exchanges => [.. new[] { "tei", "cohere" }.SelectMany(file => Read(file).Select(exchange => (file, exchange.GetProperty("name").GetString()!)))];

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Answers_have_the_form_of_the_original(string file, string name)
    {
        var exchange = Read(file).Single(each => each.GetProperty("name").GetString() == name);
        var (request, response) = (exchange.GetProperty("request"), exchange.GetProperty("response"));

        var answer = await shared.Run.SendAsync(
            new HttpMethod(request.GetProperty("method").GetString()!), request.GetProperty("path").GetString()!,
            request.TryGetProperty("body", out var body) ? Encoding.UTF8.GetBytes(body.GetRawText()) : null);

        Assert.True(response.GetProperty("status").GetInt32() == (int)answer.Status, $"{(int)answer.Status}: {answer.Text}");
        var expected = response.GetProperty("body");
        if (expected.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(expected.GetString(), answer.Text);
        }
        else
        {
            AssertForm(expected, answer.Json, "$");
        }
    }

    /// <summary>$number, $string and $any stand for values, $rest for any further items, and { "$count", "$each" } for a list of so many.</summary>
    private static void AssertForm(JsonElement expected, JsonElement actual, string path)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object when expected.TryGetProperty("$count", out var count):
                Assert.True(actual.ValueKind == JsonValueKind.Array && actual.GetArrayLength() == count.GetInt32(), $"{path}: {actual}");
                Assert.All(actual.EnumerateArray().Index(), item => AssertForm(expected.GetProperty("$each"), item.Item, $"{path}[{item.Index}]"));
                break;
            case JsonValueKind.Object:
                foreach (var property in expected.EnumerateObject())
                {
                    Assert.True(actual.TryGetProperty(property.Name, out var value), $"{path}.{property.Name} is not there: {actual}");
                    AssertForm(property.Value, value, $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                var items = expected.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.String || item.GetString() != "$rest").ToList();
                Assert.True(actual.GetArrayLength() >= items.Count && (items.Count < expected.GetArrayLength() || actual.GetArrayLength() == items.Count), $"{path}: {actual}");
                Assert.All(items.Index(), item => AssertForm(item.Item, actual[item.Index], $"{path}[{item.Index}]"));
                break;
            case JsonValueKind.String when expected.GetString() is "$any":
                break;
            case JsonValueKind.String when expected.GetString() is "$number" or "$string":
                Assert.True(actual.ValueKind == (expected.GetString() == "$number" ? JsonValueKind.Number : JsonValueKind.String), $"{path}: {actual}");
                break;
            default:
                Assert.True(JsonElement.DeepEquals(expected, actual), $"{path}: {actual}, not {expected}");
                break;
        }
    }

    private static List<JsonElement> Read(string file) =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixture.Repository, "tests", "Fixtures", "exchanges", $"{file}.json"))).RootElement.EnumerateArray()];
}
