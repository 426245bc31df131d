using System.Net;
using System.Text.Json;
using MiCse.Search;

namespace MiCse.Server.Tests.Indexes;

public sealed class SearchTests : IAsyncLifetime
{
    private static readonly string[] s_texts = ["A man plays the guitar.", "Someone makes music.", "It is raining.", "Snow falls in winter.", "The stock market fell.", "A dog barks."];

    private readonly string _folder = Directory.CreateTempSubdirectory("micse-server-").FullName;
    private readonly SentenceEncoder _encoder = SentenceEncoder.Load(ServerRun.Model);
    private ServerRun _server = null!;

    private string Index => Path.Combine(_folder, "things");

    public async ValueTask InitializeAsync()
    {
        using (var writer = VectorIndexWriter.Create(Index, VectorSource.Of(_encoder)))
        {
            for (var row = 0; row < s_texts.Length; row++)
            {
                writer.Put($"{(row % 2 == 0 ? "even" : "odd")}-{row}", s_texts[row], _encoder.Encode(s_texts[row]));
            }

            writer.Commit();
        }

        _server = await ServerRun.StartAsync(options =>
        {
            options.Indexes["things"] = Index;
            options.Writable = true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _encoder.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_search_finds_what_a_search_of_the_index_finds()
    {
        using var index = VectorIndex.Open(Index);
        var expected = index.Search(_encoder.Encode("Who plays an instrument?"), 3);

        var answer = (await _server.PostAsync("/search", """{"query": ["Who plays an instrument?", "weather"], "top": 3}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal("things", answer.GetProperty("index").GetString());
        Assert.Equal(2, answer.GetProperty("results").GetArrayLength());
        Assert.Equal(
            expected.Select(hit => (hit.Id, hit.Score, hit.Text)),
            answer.GetProperty("results")[0].GetProperty("hits").EnumerateArray().Select(hit => (hit.GetProperty("id").GetString()!, hit.GetProperty("score").GetDouble(), hit.GetProperty("text").GetString()!)));
    }

    [Theory]
    [InlineData("""{"prefix": "odd"}""", "odd-1 odd-3 odd-5")]
    [InlineData("""{"include": ["even-0", "odd-5", "none"]}""", "even-0 odd-5")]
    [InlineData("""{"exclude": ["even-0", "odd-1", "even-2", "odd-3"]}""", "even-4 odd-5")]
    [InlineData("""{"prefix": "odd", "exclude": ["odd-1"], "include": ["odd-1", "odd-3", "even-0"]}""", "odd-3")]
    [InlineData("""{"include": []}""", "")]
    public async Task Ids_filter(string ids, string expected)
    {
        var answer = (await _server.PostAsync("/search", $$"""{"query": "music", "ids": {{ids}}}""")).Require(HttpStatusCode.OK).Json;

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), Ids(answer).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"query": []}""", 400)]
    [InlineData("""{"query": [1, 2]}""", 400)]
    [InlineData("""{"query": "a", "top": 0}""", 422)]
    [InlineData("""{"query": "a", "top": 100000}""", 422)]
    [InlineData("""{"query": "a", "min_score": 7}""", 422)]
    [InlineData("""{"query": "a", "index": "none"}""", 404)]
    [InlineData("""{"query": "a", "ids": {"include": [null, ""]}}""", 200)]
    public async Task What_cannot_be_searched_is_refused(string body, int status)
    {
        var answer = await _server.PostAsync("/search", body);

        Assert.Equal(status, (int)answer.Status);
        Assert.True(status == 200 || answer.Json.GetProperty("status").GetInt32() == status);
    }

    [Fact]
    public async Task A_change_is_seen_by_the_next_search_and_lasts()
    {
        var change = (await _server.PostAsync(
            "/index/things", """{"add": [{"id": "new", "text": "An orchestra plays."}, {"text": "A choir sings."}, {"id": "even-0", "text": "replaced"}], "remove": ["odd-1", "none"]}"""))
            .Require(HttpStatusCode.OK).Json;

        Assert.Equal(["new", "1", "even-0"], change.GetProperty("added").EnumerateArray().Select(id => id.GetString()!));
        Assert.Equal((1, 7), (change.GetProperty("removed").GetInt32(), change.GetProperty("count").GetInt32()));
        var found = (await _server.PostAsync("/search", """{"query": "An orchestra plays.", "top": 10}""")).Require(HttpStatusCode.OK).Json;
        Assert.Equal("new", Ids(found)[0]);
        Assert.DoesNotContain("odd-1", Ids(found));
        using var index = VectorIndex.Open(Index);
        Assert.Equal("replaced", index.Find("even-0")!.Text);
        Assert.Equal(_encoder.Encode("An orchestra plays."), index.Find("new")!.Vector);
    }

    [Fact]
    public async Task Changes_and_searches_at_the_same_time_see_whole_changes()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = ServerRun.Token }, async (number, _) =>
        {
            if (number % 3 == 0)
            {
                (await _server.PostAsync("/index/things", $$"""{"add": [{"id": "a{{number}}", "text": "pair"}, {"id": "b{{number}}", "text": "pair"}]}""")).Require(HttpStatusCode.OK);
            }
            else
            {
                var ids = Ids((await _server.PostAsync("/search", """{"query": "pair", "top": 100}""")).Require(HttpStatusCode.OK).Json);
                Assert.Equal(ids.Count(id => id[0] == 'a'), ids.Count(id => id[0] == 'b'));
            }
        });

        using var index = VectorIndex.Open(Index);
        Assert.Equal(s_texts.Length + 40, index.Count);
    }

    [Theory]
    [InlineData("""{}""", 400)]
    [InlineData("""{"add": [{"id": "", "text": "a"}]}""", 422)]
    [InlineData("""{"add": [{"id": "a", "text": "a"}, {"text": "b"}, {"id": "a", "text": "c"}]}""", 422)]
    [InlineData("""{"add": [{"id": "x"}]}""", 400)]
    [InlineData("""{"add": [null]}""", 422)]
    [InlineData("""{"remove": [null]}""", 422)]
    public async Task What_is_no_change_is_refused(string body, int status) => Assert.Equal(status, (int)(await _server.PostAsync("/index/things", body)).Status);

    [Fact]
    public async Task Indexes_are_listed()
    {
        var list = (await _server.GetAsync("/index")).Require(HttpStatusCode.OK).Json;

        Assert.Equal(("things", s_texts.Length), (list.GetProperty("indexes")[0].GetProperty("name").GetString(), list.GetProperty("indexes")[0].GetProperty("count").GetInt32()));
        Assert.True(list.GetProperty("writable").GetBoolean());
        (await _server.PostAsync("/index/other", """{"remove": ["a"]}""")).Require(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Indexes_are_not_changed_unless_the_operator_says_so()
    {
        await using var server = await ServerRun.StartAsync(options => options.Indexes["things"] = Index);

        (await server.PostAsync("/index/things", """{"remove": ["odd-1"]}""")).Require(HttpStatusCode.Forbidden);
        using var index = VectorIndex.Open(Index);
        Assert.Equal(s_texts.Length, index.Count);
    }

    [Fact]
    public async Task Vectors_of_another_model_are_not_searched()
    {
        var folder = TinyModel.Write(Path.Combine(_folder, "tiny"));
        await using var server = await ServerRun.StartAsync(options =>
        {
            options.Models.Add(new ServedModel("tiny", folder));
            options.Indexes["things"] = Index;
        });

        Assert.Contains("a model that this server does not have", (await server.PostAsync("/search", """{"query": "a"}""")).Require(HttpStatusCode.UnprocessableEntity).Text, StringComparison.Ordinal);
    }

    private static List<string> Ids(JsonElement answer) => [.. answer.GetProperty("results")[0].GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("id").GetString()!)];
}
