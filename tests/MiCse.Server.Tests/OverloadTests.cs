using System.Net;
using System.Text.Json;
using MiCse.Inference;

namespace MiCse.Server.Tests;

public sealed class OverloadTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_queue_answers_429_in_every_dialect_with_the_time_to_come_again()
    {
        await using var server = await ServerRun.StartAsync();
        var model = server.Service<Server.Models.ModelHost>().Default;
        using var waiting = model.Admission.Enter(Lane.Interactive, 1, 1_000_000_000_000, null); // hours of any processor's time

        foreach (var (route, body) in ((string, string)[])
            [
                ("/embed", """{"inputs": "a"}"""), ("/embed_all", """{"inputs": "a"}"""), ("/v1/embeddings", """{"input": "a"}"""), ("/score", """{"text_1": "a", "text_2": "b"}"""),
                ("/api/embed", """{"model": "micse-small-en", "input": "a"}"""), ("/v2/embed", """{"texts": ["a"]}"""),
            ])
        {
            var refused = (await server.PostAsync(route, body)).Require(HttpStatusCode.TooManyRequests);
            Assert.True(int.Parse(refused.Headers["Retry-After"], null) > 1, route);
        }
    }

    [Fact]
    public async Task Requests_at_a_time_are_bounded()
    {
        await using var server = await ServerRun.StartAsync(options => options.Limits.Requests = 2);
        var state = server.Service<ServerState>();
        using var first = state.Enter(2);
        using (state.Enter(2))
        {
            (await server.PostAsync("/embed", """{"inputs": "a"}""")).Require(HttpStatusCode.TooManyRequests);
            (await server.GetAsync("/readyz")).Require(HttpStatusCode.OK);
        }

        (await server.PostAsync("/embed", """{"inputs": "a"}""")).Require(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_is_dropped_when_its_time_is_over()
    {
        await using var server = await ServerRun.StartAsync();
        var body = JsonSerializer.Serialize(new { inputs = Enumerable.Range(0, 16_000).Select(number => $"{number} {new string('x', 200)} guitar rain") });

        var refused = (await server.PostAsync("/embed", body, ("x-request-timeout", "0.05"))).Require(HttpStatusCode.TooManyRequests);

        Assert.True(refused.Headers.ContainsKey("Retry-After"));
        (await server.PostAsync("/embed", """{"inputs": "a"}""", ("x-request-timeout", "soon"))).Require(HttpStatusCode.BadRequest);
        (await server.PostAsync("/embed", """{"inputs": "a"}""", ("x-request-timeout", "30"))).Require(HttpStatusCode.OK);
        Assert.Equal(0, server.Service<Server.Models.ModelHost>().Default.Admission.State.Tokens);
    }

    [Fact]
    public async Task What_a_caller_left_is_not_computed_to_its_end()
    {
        await using var server = await ServerRun.StartAsync();
        var admission = server.Service<Server.Models.ModelHost>().Default.Admission;
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var body = JsonSerializer.Serialize(new { inputs = Enumerable.Range(0, 16_000).Select(number => $"{number} {new string('x', 200)} guitar rain") });
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var request = server.Client.PostAsync(new Uri("/embed", UriKind.Relative), content, caller.Token);
        while (admission.State.Texts == 0)
        {
            await Task.Yield();
        }

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await server.Service<ServerState>().WaitUntilIdleAsync(Token);

        Assert.Equal((0, 0, 0L), (admission.State.Requests, admission.State.Texts, admission.State.Tokens));
        Assert.Contains("te_request_failure{err=\"dropped\"} 1", (await server.GetAsync("/metrics")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_all_kinds_at_once_have_right_vectors()
    {
        await using var server = await ServerRun.StartAsync(options => options.Limits.Wait = TimeSpan.FromHours(1)); // however slow the machine is
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token }, async (number, _) =>
        {
            string[] texts = [.. Enumerable.Range(0, number % 20 + 1).Select(index => $"text {number % 30} {index % 7}")];
            var answer = (await server.PostAsync("/embed", JsonSerializer.Serialize(new { inputs = texts }))).Require(HttpStatusCode.OK);
            Assert.Equal(texts.Select(text => shared.Unit(text)), answer.Vectors);
        });
    }

    [Fact]
    public async Task Strict_servers_refuse_what_would_be_cut_and_empty_texts()
    {
        await using var server = await ServerRun.StartAsync(options => (options.Truncate, options.EmptyTexts, options.AcceptIds) = (false, EmptyTextPolicy.Refuse, false));
        var text = string.Concat(Enumerable.Repeat("guitar ", 500));

        Assert.Contains("Text 1 ", (await server.PostAsync("/embed", $$"""{"inputs": ["a", "{{text}}"]}""")).Require(HttpStatusCode.UnprocessableEntity).Text, StringComparison.Ordinal);
        (await server.PostAsync("/embed", $$"""{"inputs": ["a", "{{text}}"], "truncate": true}""")).Require(HttpStatusCode.OK);
        (await server.PostAsync("/v1/embeddings", $$"""{"input": ["a", "{{text}}"]}""")).Require(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("Text 2 ", (await server.PostAsync("/embed", """{"inputs": ["a", "b", ""]}""")).Require(HttpStatusCode.UnprocessableEntity).Text, StringComparison.Ordinal);
        (await server.PostAsync("/embed", """{"inputs": [5]}""")).Require(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Before_the_warm_up_requests_are_told_to_come_again()
    {
        await using var server = await ServerRun.StartAsync(waits: false);
        var state = server.Service<ServerState>();
        var refused = await server.PostAsync("/embed", """{"inputs": "a"}""");
        if (refused.Status != HttpStatusCode.OK) // The warm-up may be over already.
        {
            refused.Require(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("1", refused.Headers["Retry-After"]);
        }

        await server.WarmUp;
        Assert.True(state.IsReady);
        (await server.GetAsync("/readyz")).Require(HttpStatusCode.OK);
    }
}
