using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MiCse.Server.Tests.Requests;

/// <summary>What broken clients and attackers send. Each gets a documented answer, and the server lives on.</summary>
public sealed class BadRequestTests(SharedServer shared)
{
    /// <summary>A right request of every route that takes one.</summary>
    public static readonly (string Route, string Body)[] Requests =
    [
        ("/embed", """{"inputs":["A man plays.","rain"],"truncate":true,"truncation_direction":"left","normalize":true,"dimensions":12}"""),
        ("/embed_all", """{"inputs":["A man"],"truncate":false}"""),
        ("/similarity", """{"inputs":{"source_sentence":"A man","sentences":["rain","snow"]},"parameters":{"truncate":true}}"""),
        ("/tokenize", """{"inputs":["Hello, world"],"add_special_tokens":false}"""),
        ("/decode", """{"ids":[[2,100,200,3],[5]],"skip_special_tokens":true}"""),
        ("/v1/embeddings", """{"input":["A man","rain"],"model":"micse-small-en","encoding_format":"base64","dimensions":3,"user":"u"}"""),
        ("/score", """{"text_1":["A man"],"text_2":["rain","snow"],"truncate":true}"""),
        ("/api/embed", """{"model":"micse-small-en","input":["A man","rain"],"truncate":true,"dimensions":5}"""),
        ("/api/embeddings", """{"model":"micse-small-en","prompt":"A man"}"""),
        ("/api/show", """{"model":"micse-small-en","name":"x"}"""),
        ("/v2/embed", """{"texts":["A man","rain"],"input_type":"clustering","embedding_types":["int8","float"],"output_dimension":7,"truncate":"END"}"""),
        ("/search", """{"query":["A man"],"index":"none","top":3,"min_score":0.1,"ids":{"include":["1"],"exclude":["2"],"prefix":"a"}}"""),
        ("/index/none", """{"add":[{"id":"1","text":"A man"}],"remove":["2"]}"""),
        ("/map", """{"texts":["A man","rain"],"clusters":2,"model":"micse-small-en"}"""),
        ("/explain", """{"first":"A man","second":"rain","model":"micse-small-en"}"""),
        ("/rerank", """{"query":"A man","texts":["rain"]}"""),
    ];

    private static readonly HttpStatusCode[] s_documented =
    [
        HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType,
        HttpStatusCode.UnprocessableEntity, HttpStatusCode.FailedDependency, HttpStatusCode.TooManyRequests,
    ];

    public static TheoryData<string> Routes => [.. Requests.Select(request => request.Route)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary><c>MICSE_MUTATIONS=10000</c> sets how many damaged forms of each request there are.</summary>
    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Damaged_requests_get_documented_answers(string route)
    {
        var body = Encoding.UTF8.GetBytes(Requests.Single(request => request.Route == route).Body);
        var count = int.TryParse(Environment.GetEnvironmentVariable("MICSE_MUTATIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : 300;
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (number, _) =>
        {
            var answer = await shared.Run.PostAsync(route, Mutator.Damage(body, number));
            Assert.True(s_documented.Contains(answer.Status), $"damage {number}: {(int)answer.Status} {answer.Text}");
            Assert.True(answer.Status == HttpStatusCode.OK || answer.Text.Length is > 0 and < 1000, $"damage {number}: {answer.Text.Length} characters of {(int)answer.Status}");
            Assert.DoesNotContain("at MiCse", answer.Text, StringComparison.Ordinal);
        });

        await AssertLivesOnAsync();
    }

    [Theory]
    [InlineData("""{"inputs": ["a", }""", "line 1, byte 18: the JSON is broken, '}' is an invalid start of a value")]
    [InlineData("""{"inputs": "a" """, "the JSON is broken, Expected depth to be zero at the end of the JSON payload")]
    [InlineData("""{"inputs": {"a": 1}}""", "(inputs): ")]
    [InlineData("""{"inputs": "a", "truncate": "very"}""", "(truncate): a value is not of the kind that this route takes")]
    public async Task Broken_JSON_is_told_what_is_broken(string body, string sentence)
    {
        var answer = await shared.Run.PostAsync("/embed", Encoding.UTF8.GetBytes(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(sentence, System.Text.Json.JsonDocument.Parse(answer.Text).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Bytes_that_are_no_UTF8_are_refused_with_their_place(string route)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"inputs\":\"caf"), 0xE9, .. Encoding.UTF8.GetBytes("\"}")];

        var answer = await shared.Run.PostAsync(route, body);

        if (route is not ("/rerank" or "/search" or "/index/none"))
        {
            answer.Require(HttpStatusCode.BadRequest);
            Assert.Contains("byte 0xE9 after 14 bytes", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Deep_nesting_is_refused(int depth)
    {
        var body = "{\"unknown\":" + new string('[', depth) + new string(']', depth) + ",\"inputs\":\"a\"}";

        var answer = await shared.Run.PostAsync("/embed", body);

        answer.Require(depth < 16 ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Huge_bodies_are_refused_before_they_are_read()
    {
        await using var server = await ServerRun.StartAsync(options => options.Limits.BodyBytes = 10_000);

        foreach (var (route, _) in Requests.Where(request => request.Route is not ("/rerank" or "/search" or "/index/none")))
        {
            var answer = await server.PostAsync(route, "{\"inputs\":\"" + new string('x', 20_000) + "\"}");
            answer.Require(HttpStatusCode.RequestEntityTooLarge);
        }

        // Neither when nothing says how long it is.
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/embed") { Content = new StreamContent(new MemoryStream(new byte[20_000])) };
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await server.Client.SendAsync(chunked, Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Too_many_texts_and_tokens_are_refused()
    {
        await using var server = await ServerRun.StartAsync(options =>
        {
            options.Limits.Texts = 10;
            options.Limits.Tokens = 100;
        });

        var texts = await server.PostAsync("/v1/embeddings", $$"""{"input": [{{string.Join(',', Enumerable.Repeat("\"a\"", 11))}}]}""");
        var tokens = await server.PostAsync("/v1/embeddings", $$"""{"input": ["{{string.Concat(Enumerable.Repeat("word ", 100))}}"]}""");

        Assert.Contains("11 texts", texts.Require(HttpStatusCode.RequestEntityTooLarge).Text, StringComparison.Ordinal);
        Assert.Contains("tokens", tokens.Require(HttpStatusCode.RequestEntityTooLarge).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/xml", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("nonsense", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/vnd.api+json", HttpStatusCode.OK)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.OK)]
    public async Task What_is_no_JSON_by_its_own_account_is_refused(string type, HttpStatusCode status) =>
        (await shared.Run.PostAsync("/embed", """{"inputs": "a"}""", ("Content-Type", type))).Require(status);

    [Fact]
    public async Task A_sender_too_slow_is_told_so()
    {
        await using var server = await ServerRun.StartAsync(options => options.Limits.BodyTime = TimeSpan.FromSeconds(0.2));

        var answer = await ExchangeAsync(server, "POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"inputs\":");

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        await AssertLivesOnAsync(server);
    }

    [Theory]
    [InlineData("POST /embed HTTP/1.1\r\n")]
    [InlineData("")]
    public async Task Connections_that_say_nothing_are_closed(string start)
    {
        await using var server = await ServerRun.StartAsync(kestrel: options =>
        {
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
        });

        var answer = await ExchangeAsync(server, start);

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), answer);
        await AssertLivesOnAsync(server);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /embed HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST /embed HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET /info HTTP/1.1\r\n\r\n")]
    public async Task What_is_no_HTTP_is_refused(string request)
    {
        var answer = await ExchangeAsync(shared.Run, request);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        await AssertLivesOnAsync();
    }

    [Fact]
    public async Task A_thousand_idle_connections_leave_room_for_a_request()
    {
        var sockets = new List<Socket>();
        try
        {
            for (var index = 0; index < 1000; index++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(shared.Run.Address.Host, shared.Run.Address.Port, Token);
            }

            await AssertLivesOnAsync();
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Who_goes_away_in_the_middle_does_no_harm()
    {
        for (var index = 0; index < 20; index++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(shared.Run.Address.Host, shared.Run.Address.Port, Token);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{\"inp"), Token);
        }

        await AssertLivesOnAsync();
        Assert.True(shared.Run.Service<Server.Requests.RequestBody>().Bytes >= 0);
    }

    private async Task AssertLivesOnAsync(ServerRun? server = null) =>
        Assert.Equal(shared.Unit("still there"), (await (server ?? shared.Run).PostAsync("/embed", """{"inputs": "still there"}""")).Require(HttpStatusCode.OK).Vectors[0]);

    // Until the server closes the connection, or has answered.
    private static async Task<string> ExchangeAsync(ServerRun server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, Token) is var count and > 0)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Closed.
        }

        return answer.ToString();
    }
}
