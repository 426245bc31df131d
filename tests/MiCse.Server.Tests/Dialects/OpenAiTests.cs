using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MiCse.Server.Tests.Dialects;

public sealed class OpenAiTests(SharedServer shared)
{
    private readonly ServerRun _server = shared.Run;

    public static TheoryData<string, int, string?, string?> Refused => new()
    {
        { """{"input": []}""", 400, "input", null },
        { """{"input": "a", "model": "text-embedding-3-small"}""", 404, "model", "model_not_found" },
        { """{"input": "a", "encoding_format": "hex"}""", 400, "encoding_format", null },
        { """{"input": "a", "dimensions": 99999}""", 400, "dimensions", null },
        { """{"input": [["a"]]}""", 400, "input", null },
        { """{"model": "micse-small-en"}""", 400, "input", null },
        { """{"input": [[101, 100256]]}""", 400, "input", null },
        { """nonsense""", 400, null, null },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Errors_are_nested(string body, int status, string? field, string? code)
    {
        var answer = await _server.PostAsync("/v1/embeddings", body);

        Assert.Equal(status, (int)answer.Status);
        var error = answer.Json.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/v1/embeddings")]
    [InlineData("/embeddings")]
    public async Task Vectors_come_as_numbers_or_in_base64(string route)
    {
        var numbers = (await _server.PostAsync(route, """{"input": ["one", "two"], "model": "micse-small-en", "user": "x", "unknown": {"a": []}}""")).Require(HttpStatusCode.OK).Json;
        var base64 = (await _server.PostAsync(route, """{"input": ["one", "two"], "encoding_format": "base64"}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal("list", numbers.GetProperty("object").GetString());
        Assert.Equal("micse-small-en", numbers.GetProperty("model").GetString());
        var tokens = shared.Encoder.Encode(["one", "two"]).TokenCounts.Sum();
        Assert.Equal((tokens, tokens), (numbers.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), numbers.GetProperty("usage").GetProperty("total_tokens").GetInt32()));
        for (var index = 0; index < 2; index++)
        {
            var item = numbers.GetProperty("data")[index];
            Assert.Equal((index, "embedding"), (item.GetProperty("index").GetInt32(), item.GetProperty("object").GetString()));
            Assert.Equal(shared.Unit(index == 0 ? "one" : "two"), Answer.Floats(item.GetProperty("embedding")));
            var bytes = base64.GetProperty("data")[index].GetProperty("embedding").GetBytesFromBase64();
            Assert.Equal(shared.Unit(index == 0 ? "one" : "two"), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        }
    }

    [Theory]
    [InlineData("int8", 384)]
    [InlineData("uint8", 384)]
    [InlineData("binary", 48)]
    [InlineData("ubinary", 48)]
    public async Task Vectors_come_as_whole_numbers(string format, int length)
    {
        var answer = (await _server.PostAsync("/v1/embeddings", $$"""{"input": "A man plays the guitar.", "encoding_format": "{{format}}"}""")).Require(HttpStatusCode.OK);
        int[] levels = [.. answer.Json.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetInt32())];

        var unit = shared.Unit("A man plays the guitar.");
        Assert.Equal(length, levels.Length);
        if (length == 384)
        {
            var cosine = Vectors.Similarity.Cosine(unit, [.. levels.Select(level => (float)(format == "uint8" ? level - 128 : level))]);
            Assert.InRange(cosine, 0.9995, 1);
            Assert.Equal(127, levels.Max(level => Math.Abs(format == "uint8" ? level - 128 : level)));
        }
        else
        {
            var bits = levels.SelectMany(level => Enumerable.Range(0, 8).Select(bit => (format == "binary" ? level + 128 : level) >> (7 - bit) & 1));
            Assert.Equal(unit.Select(value => value > 0 ? 1 : 0), bits);
        }
    }

    [Fact]
    public async Task A_cut_text_is_told_in_the_answer()
    {
        var text = string.Concat(Enumerable.Repeat("guitar ", 500));
        var answer = (await _server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = new[] { "short", text }, dimensions = 2 }))).Require(HttpStatusCode.OK);

        Assert.False(answer.Json.GetProperty("data")[0].TryGetProperty("truncated", out _));
        Assert.True(answer.Json.GetProperty("data")[1].GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Models_are_listed()
    {
        var list = (await _server.GetAsync("/v1/models")).Require(HttpStatusCode.OK).Json;
        var one = (await _server.GetAsync("/v1/models/micse-small-en")).Require(HttpStatusCode.OK).Json;

        Assert.Equal("micse-small-en", list.GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal("model", one.GetProperty("object").GetString());
        Assert.True(one.GetProperty("created").GetInt64() > 1_600_000_000);
        (await _server.GetAsync("/v1/models/gpt-4")).Require(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"text_1": "A man plays.", "text_2": ["Someone plays.", "rain"]}""")]
    [InlineData("""{"queries": ["A man plays.", "A man plays."], "documents": ["Someone plays.", "rain"]}""")]
    public async Task Scores_are_cosines(string body)
    {
        var answer = (await _server.PostAsync("/score", body)).Require(HttpStatusCode.OK).Json;

        Assert.Equal(shared.Encoder.Similarity("A man plays.", "Someone plays."), answer.GetProperty("data")[0].GetProperty("score").GetDouble(), 1e-5);
        Assert.Equal(shared.Encoder.Similarity("A man plays.", "rain"), answer.GetProperty("data")[1].GetProperty("score").GetDouble(), 1e-5);
    }

    [Theory]
    [InlineData("""{"text_1": "a"}""")]
    [InlineData("""{"text_1": ["a", "b"], "text_2": ["a", "b", "c"]}""")]
    [InlineData("""{"text_1": [1, 2], "text_2": "a"}""")]
    public async Task Scores_of_nothing_are_refused(string body) => (await _server.PostAsync("/v1/score", body)).Require(HttpStatusCode.BadRequest);
}
