using System.ClientModel;
using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OllamaSharp;
using OllamaSharp.Models;
using OpenAI;

namespace MiCse.Server.Tests.Dialects;

/// <summary>Published clients as they are.</summary>
public sealed class ClientTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_client_of_OpenAI()
    {
        var client = OpenAi(shared.Run).GetEmbeddingClient("micse-small-en");

        var one = await client.GenerateEmbeddingAsync("A man plays the guitar.", cancellationToken: Token);
        var many = await client.GenerateEmbeddingsAsync(["one", "", "two"], new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 32 }, Token);

        Assert.Equal(shared.Unit("A man plays the guitar."), one.Value.ToFloats().ToArray());
        Assert.Equal([shared.Unit("one", 32), shared.Unit("", 32), shared.Unit("two", 32)], many.Value.Select(embedding => embedding.ToFloats().ToArray()));
        Assert.Equal(shared.Encoder.Encode(["one", "", "two"]).TokenCounts.Sum(), many.Value.Usage.InputTokenCount);
        Assert.Equal("micse-small-en", many.Value.Model);
        var models = await OpenAi(shared.Run).GetOpenAIModelClient().GetModelsAsync(Token);
        Assert.Equal("micse-small-en", Assert.Single(models.Value).Id);
    }

    [Fact]
    public async Task The_client_of_OpenAI_reads_errors()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => OpenAi(shared.Run).GetEmbeddingClient("unknown").GenerateEmbeddingAsync("a", cancellationToken: Token));

        Assert.Equal(404, failure.Status);
        Assert.Contains("There is no model of this name", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--model NAME=MODEL", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_of_Ollama()
    {
        using var client = new OllamaApiClient(shared.Run.Address, "micse-small-en");

        var answer = await client.EmbedAsync(new EmbedRequest { Model = "micse-small-en", Input = ["one", "two"] }, Token);
        var generated = await ((IEmbeddingGenerator<string, Embedding<float>>)client).GenerateAsync(["one"], cancellationToken: Token);
        var models = await client.ListLocalModelsAsync(Token);
        var shown = await client.ShowModelAsync(new ShowModelRequest { Model = "micse-small-en" }, Token);

        Assert.Equal([shared.Unit("one"), shared.Unit("two")], answer.Embeddings);
        Assert.Equal(shared.Unit("one"), generated[0].Vector.ToArray());
        Assert.Equal("micse-small-en:latest", Assert.Single(models).Name);
        Assert.Contains("embedding", shown.Capabilities!);
        Assert.True(await client.IsRunningAsync(Token));
        Assert.NotEmpty(await client.GetVersionAsync(Token));
    }

    [Fact]
    public async Task A_pipeline_of_Microsoft_Extensions_AI_with_cache_and_telemetry()
    {
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "test.pipeline",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var cache = new MemoryDistributedCacheOfTests();
        await using var server = await ServerRun.StartAsync();
        using var generator = OpenAi(server).GetEmbeddingClient("micse-small-en").AsIEmbeddingGenerator().AsBuilder()
            .UseDistributedCache(cache, caching => caching.CacheKeyAdditionalValues = [shared.Encoder.Fingerprint])
            .UseOpenTelemetry(sourceName: "test.pipeline").Build();

        var first = await generator.GenerateAsync(["one", "two"], cancellationToken: Token);
        await server.App.StopAsync(Token);
        var again = await generator.GenerateAsync(["two"], cancellationToken: Token);

        Assert.Equal(shared.Unit("two"), first[1].Vector.ToArray());
        Assert.Equal(shared.Unit("two"), again[0].Vector.ToArray());
        Assert.Contains(activities, activity => activity.DisplayName == "embeddings micse-small-en" && (int?)activity.GetTagItem("gen_ai.usage.input_tokens") > 0);
    }

    private static OpenAIClient OpenAi(ServerRun server) =>
        new(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    private sealed class MemoryDistributedCacheOfTests() : MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())), IDisposable
    {
        public void Dispose()
        {
        }
    }
}
