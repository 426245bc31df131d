using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MiCse.Server.Tests.Requests;

/// <summary>What is said about bodies that are not what a route takes, and about requests whose time is over.</summary>
public sealed class RequestBodyTests(SharedServer shared)
{
    [Theory]
    [InlineData("/embed", "{}", "The body has no inputs.")]
    [InlineData("/embed", """{"input": "a"}""", "The body has no inputs.")]
    [InlineData("/v1/embeddings", """{"model": "micse-small-en"}""", "The body has no input.")]
    [InlineData("/explain", "{}", "The body has no first and no second.")]
    [InlineData("/embed", "", "The body is empty")]
    [InlineData("/embed", """{"inputs": "a"} x""", "something follows the JSON document")]
    [InlineData("/embed", """{"inputs": "\ud800"}""", "half of a surrogate pair")]
    public async Task What_is_missing_or_too_much_is_named(string route, string body, string sentence) =>
        Assert.Contains(sentence, (await shared.Run.PostAsync(route, body)).Require(HttpStatusCode.BadRequest).Text, StringComparison.Ordinal);

    [Fact]
    public async Task A_byte_order_mark_is_passed_over() =>
        (await shared.Run.PostAsync("/embed", [0xEF, 0xBB, 0xBF, .. """{"inputs": "a"}"""u8], ("Content-Type", "application/json; charset=utf8"))).Require(HttpStatusCode.OK);

    [Fact]
    public async Task A_deadline_that_passed_is_told_on_every_route()
    {
        var text = string.Concat(Enumerable.Repeat("rain falls on the old house ", 35)); // seconds of work: each word is left out once

        await using var server = await ServerRun.StartAsync(); // nothing else waits there

        var refused = (await server.PostAsync("/explain", JsonSerializer.Serialize(new { first = text, second = text }), ("x-request-timeout", "0.02"))).Require(HttpStatusCode.TooManyRequests);

        Assert.Contains("was not answered within 0.02 seconds", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patience_beyond_the_servers_is_the_servers() =>
        (await shared.Run.PostAsync("/embed", """{"inputs": "a"}""", ("x-request-timeout", "1e30"))).Require(HttpStatusCode.OK);

    [Fact]
    public async Task Slow_senders_take_nobodys_place()
    {
        await using var server = await ServerRun.StartAsync(options => options.Limits.Requests = 1);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, server.Address.Port, ServerRun.Token);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"in"), ServerRun.Token);

        foreach (var route in (string[])["/metrics", "/v1/models", "/status"])
        {
            (await server.GetAsync(route)).Require(HttpStatusCode.OK);
        }

        (await server.PostAsync("/embed", """{"inputs": "a"}""")).Require(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_health_check_of_HTTP_1_0_names_no_host()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, shared.Run.Address.Port, ServerRun.Token);
        await client.GetStream().WriteAsync("GET /healthz HTTP/1.0\r\n\r\n"u8.ToArray(), ServerRun.Token);

        using var reader = new StreamReader(client.GetStream());
        Assert.Contains("200", await reader.ReadLineAsync(ServerRun.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_an_allowed_host_may_ask_through_a_proxy()
    {
        await using var server = await ServerRun.StartAsync(options => options.AllowedHosts.Add("embeddings.example"));

        (await server.PostAsync("/embed", """{"inputs": "a"}""", ("Origin", "https://embeddings.example"))).Require(HttpStatusCode.OK);
        (await server.PostAsync("/embed", """{"inputs": "a"}""", ("Origin", "https://other.example"))).Require(HttpStatusCode.Forbidden);
    }
}
