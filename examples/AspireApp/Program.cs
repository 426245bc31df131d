// An Aspire application host with an embedding server in it, and a client that gets its address from there.
//   dotnet run --project examples/AspireApp                         with the tool micse installed: runs until Ctrl-C, with a dashboard
//   dotnet run --project examples/AspireApp -- --once --micse "$PWD/micse"   asks the server once and ends
using MiCse.Aspire;
using MiCse.Aspire.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

var once = args.Contains("--once");
var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [.. args.Where(argument => argument != "--once")], DisableDashboard = once });
var embeddings = builder.AddMiCseServer("embeddings", command: builder.Configuration["micse"] ?? "micse")
    .WithApiKey(builder.AddParameter("key", () => "secret", secret: true));

// Projects of the application get the connection string: builder.AddProject<Projects.Web>("web").WithReference(embeddings).WaitFor(embeddings);
await using var app = builder.Build();
if (!once)
{
    await app.RunAsync();
    return;
}

await app.StartAsync();
await app.Services.GetRequiredService<ResourceNotificationService>().WaitForResourceHealthyAsync("embeddings");

// What such a project does with it.
var web = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
web.Configuration.AddInMemoryCollection([new("ConnectionStrings:embeddings", await embeddings.Resource.ConnectionStringExpression.GetValueAsync(default))]);
web.AddMiCseClient("embeddings");
using (var host = web.Build())
{
    var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
    var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
    var vectors = await generator.GenerateAsync(["A man is playing a guitar.", "Someone plays an instrument."]);
    Console.WriteLine($"{health.Status}: {vectors.Count} vectors of {vectors[0].Vector.Length} numbers, {vectors.Usage!.InputTokenCount} tokens");
}

await app.StopAsync();
