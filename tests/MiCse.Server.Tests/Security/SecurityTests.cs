using System.Net;

namespace MiCse.Server.Tests.Security;

public sealed class SecurityTests(SharedServer shared)
{
    private const string Body = """{"inputs": "a"}""";

    private static readonly string[] s_guarded =
        ["/embed", "/embed_all", "/similarity", "/tokenize", "/decode", "/v1/embeddings", "/score", "/api/embed", "/api/embeddings", "/api/show", "/v2/embed", "/search", "/index/x", "/rerank"];

    [Fact]
    public async Task Without_a_key_nothing_is_answered_but_health()
    {
        await using var server = await ServerRun.StartAsync(options =>
        {
            options.ApiKeys.Add("first-key");
            options.ApiKeys.Add("second-key");
        });

        foreach (var route in s_guarded)
        {
            foreach (var header in (string?[])[null, "Bearer ", "Bearer first-kez", "Bearer first-key2", "first-key", "Basic first-key"])
            {
                var refused = header is null ? await server.PostAsync(route, Body) : await server.PostAsync(route, Body, ("Authorization", header));
                refused.Require(HttpStatusCode.Unauthorized);
                Assert.Equal("Bearer", refused.Headers["WWW-Authenticate"]);
            }
        }

        foreach (var route in (string[])["/info", "/metrics", "/status", "/index", "/v1/models", "/api/tags", "/api/ps"])
        {
            (await server.GetAsync(route)).Require(HttpStatusCode.Unauthorized);
            (await server.GetAsync(route, ("Authorization", "Bearer second-key"))).Require(HttpStatusCode.OK);
        }

        foreach (var route in (string[])["/health", "/healthz", "/readyz", "/ping", "/api/version", "/openapi.json"])
        {
            (await server.GetAsync(route)).Require(HttpStatusCode.OK);
        }

        Assert.Empty((await server.PostAsync("/embed", Body)).Text);
        Assert.Equal("invalid_api_key", (await server.PostAsync("/v1/embeddings", Body)).Json.GetProperty("error").GetProperty("code").GetString());
        (await server.PostAsync("/embed", Body, ("Authorization", "Bearer first-key"))).Require(HttpStatusCode.OK);
        (await server.PostAsync("/embed", Body, ("x-api-key", "second-key"))).Require(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_key_has_its_own_rate()
    {
        await using var server = await ServerRun.StartAsync(options =>
        {
            options.ApiKeys.Add("a");
            options.ApiKeys.Add("b");
            options.RequestsPerMinute = 3;
        });

        for (var request = 0; request < 3; request++)
        {
            (await server.PostAsync("/embed", Body, ("Authorization", "Bearer a"))).Require(HttpStatusCode.OK);
        }

        var refused = (await server.PostAsync("/v1/embeddings", """{"input": "a"}""", ("Authorization", "Bearer a"))).Require(HttpStatusCode.TooManyRequests);
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], null), 1, 60);
        Assert.Equal("rate_limit_exceeded", refused.Json.GetProperty("error").GetProperty("code").GetString());
        (await server.PostAsync("/embed", Body, ("Authorization", "Bearer b"))).Require(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:8080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("10.1.2.3:99", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("embeddings.example", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    public async Task Names_that_are_not_the_servers_are_refused(string host, HttpStatusCode status)
    {
        await using var server = await ServerRun.StartAsync(options => options.AllowedHosts.Add("embeddings.example"));

        (await server.PostAsync("/embed", Body, ("Host", host))).Require(status);
        (await server.GetAsync("/healthz", ("Host", host))).Require(status);
    }

    [Fact]
    public async Task Any_name_can_be_allowed()
    {
        await using var server = await ServerRun.StartAsync(options => options.AllowedHosts.Add("*"));

        (await server.PostAsync("/embed", Body, ("Host", "anything.example"))).Require(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Pages_of_other_sites_are_refused_and_no_header_lets_them_in()
    {
        var own = shared.Run.Address.GetLeftPart(UriPartial.Authority);

        (await shared.Run.PostAsync("/embed", Body, ("Origin", own))).Require(HttpStatusCode.OK);
        foreach (var origin in (string[])["https://evil.example", "null", "http://127.0.0.1:1"])
        {
            var refused = (await shared.Run.PostAsync("/embed", Body, ("Origin", origin))).Require(HttpStatusCode.Forbidden);
            Assert.DoesNotContain(refused.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }

        var preflight = await shared.Run.SendAsync(HttpMethod.Options, "/embed", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"));
        Assert.DoesNotContain(preflight.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Texts_of_requests_are_not_in_the_log()
    {
        using var log = new LogOfTests();
        await using var server = await ServerRun.StartAsync(services: services => log.AddTo(services));

        await server.PostAsync("/embed", """{"inputs": "a secret text"}""");
        await server.PostAsync("/embed", """{"inputs": "a secret text", "prompt_name": "secret prompt"}""");
        await server.PostAsync("/embed", """{"inputs": "a secret text" """);
        await server.PostAsync("/search", """{"query": "a secret text", "index": "secret index"}""");
        await server.PostAsync("/v1/embeddings", """{"input": "a secret text", "model": "secret model"}""");

        Assert.Contains("Ready", log.Text, StringComparison.Ordinal);
        Assert.Contains("refused", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", log.Text, StringComparison.Ordinal);
    }
}
