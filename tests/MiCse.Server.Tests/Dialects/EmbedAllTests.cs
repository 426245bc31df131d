using System.Net;
using System.Text.Json;
using MiCse.Server.Models;

namespace MiCse.Server.Tests.Dialects;

/// <summary>Answers that begin before everything is encoded are checked before they begin.</summary>
public sealed class EmbedAllTests(SharedServer shared)
{
    private static readonly string s_long = string.Concat(Enumerable.Repeat("word ", 2_000));

    [Fact]
    public async Task The_text_that_is_too_long_is_named_before_anything_is_sent()
    {
        var texts = Enumerable.Repeat(s_long[..500], 40).Append(s_long);

        var refused = (await shared.Run.PostAsync("/embed_all", JsonSerializer.Serialize(new { inputs = texts, truncate = false }))).Require(HttpStatusCode.UnprocessableEntity);

        Assert.Contains("Text 40 (counted from 0)", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_bounded()
    {
        await using var server = await ServerRun.StartAsync(options => options.Limits.Tokens = 100);

        (await server.PostAsync("/embed_all", JsonSerializer.Serialize(new { inputs = new[] { "a", s_long } }))).Require(HttpStatusCode.UnprocessableEntity);
        (await server.PostAsync("/embed_all", """{"inputs": ["a"]}""")).Require(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Headers_say_what_was_cut_and_which_model_it_was()
    {
        var answer = (await shared.Run.PostAsync("/embed_all", JsonSerializer.Serialize(new { inputs = new[] { "", "A man plays.", s_long } }))).Require(HttpStatusCode.OK);

        Assert.Equal(shared.Encoder.Fingerprint, answer.Headers["x-model-fingerprint"]);
        Assert.Equal("1: 2", answer.Headers["x-truncated-texts"]);
        Assert.Equal("1: 0", answer.Headers["x-empty-texts"]);
        Assert.Equal(answer.Json.EnumerateArray().Sum(text => text.GetArrayLength()), int.Parse(answer.Headers["x-compute-tokens"], null));
    }

    [Fact]
    public async Task The_measured_rate_is_that_of_all_texts()
    {
        var time = new ManualTime();
        await using var server = await ServerRun.StartAsync(options => options.Time = time);
        var model = server.Service<ModelHost>().Default;
        model.Admission.SetRate(1_000);
        using var busy = model.Admission.Enter(Inference.Lane.Bulk, 1, 1, null);
        time.Advance(TimeSpan.FromSeconds(10));

        var answer = (await server.PostAsync("/embed_all", JsonSerializer.Serialize(new { inputs = Enumerable.Repeat("A man plays the guitar.", 50) }))).Require(HttpStatusCode.OK);
        var first = int.Parse(answer.Headers["x-compute-tokens"], null) / 50;

        // The clock stands still after the first text: what the others add is not divided by it.
        Assert.True(model.Admission.State.TokensPerSecond >= 0.1 * first / 10, $"{model.Admission.State.TokensPerSecond}");
        time.Advance(TimeSpan.FromSeconds(1));
        busy.Report(new Inference.EncodeProgress(1, 1, 0, 1));
        Assert.True(model.Admission.State.TokensPerSecond > first, $"{model.Admission.State.TokensPerSecond}");
    }

    [Fact]
    public async Task Its_failures_are_counted_once()
    {
        await using var server = await ServerRun.StartAsync();

        await server.PostAsync("/embed_all", """{"inputs": [[99999999]]}""");
        await server.PostAsync("/embed", """{"inputs": [[99999999]]}""");
        await server.PostAsync("/rerank", """{"query": "a", "texts": ["b"]}""");

        var metrics = (await server.GetAsync("/metrics")).Text;
        Assert.Contains("te_request_failure{err=\"validation\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("te_request_failure{err=\"model_type\"} 1\n", metrics, StringComparison.Ordinal);
    }
}
