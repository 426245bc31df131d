using System.Text.Json;
using LLama;
using LLama.Common;
using LLama.Native;
using MiCse.Serving.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

// What people write with LLamaSharp: an ASP.NET Core application with one embedder behind a lock. args[0] is a GGUF file.
NativeLogConfig.llama_log_set((_, _) => { });
var parameters = new ModelParams(args[0])
{
    Embeddings = true,
    PoolingType = LLamaPoolingType.Mean,
    ContextSize = 512,
    BatchSize = 512,
    UBatchSize = 512,
    Threads = Environment.ProcessorCount,
    BatchThreads = Environment.ProcessorCount,
};
using var weights = await LLamaWeights.LoadFromFileAsync(parameters);
using var embedder = new LLamaEmbedder(weights, parameters);
using var one = new SemaphoreSlim(1);
var app = EmptyServer.Create();
app.MapPost("/embed", (RequestDelegate)(async context =>
{
    var inputs = (await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)).GetProperty("inputs");
    string[] texts = inputs.ValueKind == JsonValueKind.String ? [inputs.GetString()!] : [.. inputs.EnumerateArray().Select(text => text.GetString()!)];
    var vectors = new List<float[]>();
    await one.WaitAsync();
    try
    {
        foreach (var text in texts)
        {
            vectors.Add((await embedder.GetEmbeddings(text)).Single());
        }
    }
    finally
    {
        one.Release();
    }

    await context.Response.WriteAsJsonAsync(vectors);
}));
await EmptyServer.ServeAsync(app);
