using System.Net;
using System.Text.Json;

namespace MiCse.Server.Tests.Dialects;

/// <summary>What no route takes: told in the words of the clients that ask under its path.</summary>
public sealed class UnknownRouteTests(SharedServer shared)
{
    private readonly ServerRun _server = shared.Run;

    [Theory]
    [InlineData("/v1/chat/completions", "error.message")]
    [InlineData("/api/delete", "error")]
    [InlineData("/v2/rerank", "message")]
    [InlineData("/nothing", "error")]
    [InlineData("/foo.txt", "error")]
    [InlineData("/index/a/b", "detail")]
    public async Task An_unknown_route_is_refused_in_the_dialects_words(string route, string field)
    {
        foreach (var answer in (Answer[])[await _server.PostAsync(route, "{}"), await _server.GetAsync(route)])
        {
            answer.Require(HttpStatusCode.NotFound);
            Assert.Contains("no such route", Field(answer.Json, field), StringComparison.Ordinal);
        }

        Assert.Empty((await _server.SendAsync(HttpMethod.Head, route, null)).Require(HttpStatusCode.NotFound).Text);
    }

    [Fact]
    public async Task The_code_of_OpenAI_for_models_is_not_that_of_routes()
    {
        var error = (await _server.PostAsync("/v1/chat/completions", "{}")).Json.GetProperty("error");

        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (error.GetProperty("param").ValueKind, error.GetProperty("code").ValueKind));
    }

    [Theory]
    [InlineData("GET", "/embed", "POST", "error")]
    [InlineData("PUT", "/embed", "POST", "error")]
    [InlineData("OPTIONS", "/embed", "POST", "error")]
    [InlineData("GET", "/v1/embeddings", "POST", "error.message")]
    [InlineData("DELETE", "/v1/models/x", "GET, HEAD", "error.message")]
    [InlineData("POST", "/health", "GET, HEAD", "error")]
    [InlineData("GET", "/api/embed", "POST", "error")]
    [InlineData("GET", "/v2/embed", "POST", "message")]
    [InlineData("GET", "/index/questions", "POST", "detail")]
    [InlineData("POST", "/docs", "GET, HEAD", "detail")]
    public async Task A_wrong_method_is_told_the_right_one(string method, string route, string allowed, string field)
    {
        var answer = (await _server.SendAsync(new HttpMethod(method), route, null)).Require(HttpStatusCode.MethodNotAllowed);

        Assert.Equal(allowed, answer.Headers["Allow"].Replace(",", ", ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal));
        Assert.Contains(method, Field(answer.Json, field), StringComparison.Ordinal);
        Assert.Contains(allowed, Field(answer.Json, field), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs/")]
    [InlineData("/page.css")]
    [InlineData("/page.js")]
    [InlineData("/page-views.js")]
    [InlineData("/view/map")]
    [InlineData("/view/explain")]
    [InlineData("/openapi.json")]
    [InlineData("/v1/models")]
    [InlineData("/info")]
    public async Task What_can_be_got_has_a_head(string route)
    {
        (await _server.GetAsync(route)).Require(HttpStatusCode.OK);
        Assert.Empty((await _server.SendAsync(HttpMethod.Head, route, null)).Require(HttpStatusCode.OK).Text);
    }

    [Theory]
    [InlineData("/page.css")]
    [InlineData("/view/map")]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    [InlineData("/docs/scalar.js")]
    [InlineData("/nothing")]
    public async Task Names_that_are_not_the_servers_are_refused_everywhere(string route) =>
        Assert.Contains("host name", (await _server.GetAsync(route, ("Host", "evil.example"))).Require(HttpStatusCode.Forbidden).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("/docs/")]
    [InlineData("/docs/scalar.js")]
    public async Task The_documentation_can_load_nothing_from_elsewhere(string route)
    {
        var answer = (await _server.GetAsync(route)).Require(HttpStatusCode.OK);

        Assert.StartsWith("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("http", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
    }

    [Fact]
    public async Task Own_refusals_are_problem_details()
    {
        foreach (var answer in (Answer[])[await _server.PostAsync("/explain", "{}"), await _server.GetAsync("/index/questions")])
        {
            var problem = answer.Json;
            Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
            Assert.Equal("about:blank", problem.GetProperty("type").GetString());
            Assert.Equal((int)answer.Status, problem.GetProperty("status").GetInt32());
            Assert.Equal(answer.Status == HttpStatusCode.BadRequest ? "Bad Request" : "Method Not Allowed", problem.GetProperty("title").GetString());
        }
    }

    private static string Field(JsonElement json, string path) => path.Split('.').Aggregate(json, (element, name) => element.GetProperty(name)).GetString()!;
}
