using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using MiCse.Aspire;
using MiCse.Aspire.Hosting;

namespace MiCse.Integrations.Tests;

public sealed class AspireTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_resource_says_how_the_server_is_started_and_reached()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        var server = builder.AddMiCseServer("embeddings", port: 8123)
            .WithModel(Path.Combine(Fixture.Repository, "models", "micse-mini-en"))
            .WithModel("sap-ai-research/miCSE@main", "micse")
            .WithIndex("tickets", "tickets.index")
            .WithApiKey(builder.AddParameter("key", () => "secret", secret: true));
        server.Resource.Annotations.OfType<EndpointAnnotation>().Single().AllocatedEndpoint =
            new AllocatedEndpoint(server.Resource.Annotations.OfType<EndpointAnnotation>().Single(), "localhost", 8123, targetPortExpression: "45678");

        Assert.Equal("micse", server.Resource.Command);
        var run = await ExecutionConfigurationBuilder.Create(server.Resource).WithArgumentsConfig().WithEnvironmentVariablesConfig()
            .BuildAsync(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), NullLogger.Instance, Token);
        string[] arguments = [.. run.Arguments.Select(argument => argument.Value)];
        Assert.Equal(["serve", "--port"], arguments[..2]);
        Assert.Equal(
            ["--model", $"micse-mini-en={Path.Combine(Fixture.Repository, "models", "micse-mini-en")}", "--model", "micse=sap-ai-research/miCSE@main", "--index", "tickets=tickets.index"],
            arguments[3..]);
        Assert.Equal("Endpoint=http://localhost:8123;Model=micse-mini-en;Key=secret", await server.Resource.ConnectionStringExpression.GetValueAsync(Token));
        Assert.Equal("secret", run.EnvironmentVariables.Single(variable => variable.Key == "MICSE_API_KEYS").Value);
        Assert.Single(server.Resource.Annotations.OfType<HealthCheckAnnotation>());
    }

    [Fact]
    public async Task A_client_gets_vectors_and_health_from_a_running_server()
    {
        using var server = ChildProcess.Start("MiCse.Serve", null, [("MICSE_API_KEYS", "secret")], "--port", "0", "--log", "none");
        try
        {
            var address = await server.StandardOutput.ReadLineAsync(Token);
            using var host = Client($"Endpoint={address};Key=secret");
            using var encoder = SentenceEncoder.Load(ModelSource.BuiltIn);
            var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
            var generated = await generator.GenerateAsync(["A man is playing a guitar.", "text"], cancellationToken: Token);

            // The dialect that the client speaks has vectors of length 1, as this model's are but for their last bits.
            Assert.Equal(encoder.Encode("A man is playing a guitar.", Token), generated[0].Vector.ToArray(), (one, other) => Math.Abs(one - other) < 1e-6);
            Assert.Equal(encoder.Encode("text", Token), generated[1].Vector.ToArray(), (one, other) => Math.Abs(one - other) < 1e-6);
            Assert.Equal(encoder.Encode(["A man is playing a guitar.", "text"], cancellationToken: Token).TokenCounts.Sum(), generated.Usage!.InputTokenCount);
            Assert.Same(generator, host.Services.GetRequiredService<IEmbeddingGenerator>());
            Assert.Equal(HealthStatus.Healthy, (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Status);

            using var without = Client(address!);
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => without.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync(["text"], cancellationToken: Token));
            Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }

        using var gone = Client("http://127.0.0.1:9");
        Assert.Equal(HealthStatus.Unhealthy, (await gone.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Status);
    }

    [Fact]
    public void Settings_come_from_the_section_the_connection_string_and_the_application_in_this_order()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
        [
            new("Aspire:MiCse:Endpoint", "http://general:1"), new("Aspire:MiCse:Model", "general"), new("Aspire:MiCse:Key", "general"),
            new("Aspire:MiCse:embeddings:Model", "named"), new("Aspire:MiCse:embeddings:DisableHealthChecks", "true"), new("ConnectionStrings:embeddings", "Endpoint=http://connected:2;Key=connected"),
        ]);
        MiCseClientSettings? read = null;
        builder.AddMiCseClient("embeddings", settings =>
        {
            read = settings;
            settings.DisableTracing = true;
        });

        Assert.Equal((new Uri("http://connected:2"), "named", "connected", true), (read!.Endpoint, read.Model, read.Key, read.DisableHealthChecks));
        Assert.DoesNotContain(builder.Services, service => service.ServiceType == typeof(HealthCheckService));
    }

    [Fact]
    public void Several_servers_have_keys_and_a_missing_address_is_one_sentence()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:one", "http://one:1"), new("ConnectionStrings:two", "http://two:2")]);
        builder.AddKeyedMiCseClient("one");
        builder.AddKeyedMiCseClient("two");
        builder.AddMiCseClient("three");
        using var host = builder.Build();

        foreach (var key in new[] { "one", "two" })
        {
            var generator = host.Services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(key);
            Assert.Same(generator, host.Services.GetRequiredKeyedService<IEmbeddingGenerator>(key));
            Assert.Equal(key, generator.GetService<EmbeddingGeneratorMetadata>()!.ProviderUri!.Host);
        }

        Assert.Equal(
            "There is no address of the embedding server: give the connection string 'three', or Aspire:MiCse:three:Endpoint.",
            Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()).Message);
    }

    private static IHost Client(string connection)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:embeddings", connection)]);
        builder.AddMiCseClient("embeddings");
        return builder.Build();
    }
}
