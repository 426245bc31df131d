using System.Text.Json;
using MiCse.Export;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Serving.Servers;

/// <summary>
/// What people write: an ASP.NET Core application with one session of ONNX Runtime behind a lock, which pads the texts of a request to one length and
/// answers with lists of numbers. The tokenizer is ours.
/// </summary>
internal static class PlainServer
{
    private static readonly string[] s_inputs = [EncoderGraph.Ids, EncoderGraph.Mask, EncoderGraph.TokenTypes];

    public static async Task<int> RunAsync(string folder)
    {
        var model = ModelFolder.Open(folder);
        var tokenizer = Tokenizer.Load(folder);
        using var session = new InferenceSession(Path.Combine(folder, WeightsFile.Onnx));
        using var one = new SemaphoreSlim(1);
        var app = EmptyServer.Create();
        app.MapPost("/embed", (RequestDelegate)(async context =>
        {
            var inputs = (await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)).GetProperty("inputs");
            string[] texts = inputs.ValueKind == JsonValueKind.String ? [inputs.GetString()!] : [.. inputs.EnumerateArray().Select(text => text.GetString()!)];
            var batch = new TokenBatch([.. texts.Select(text => tokenizer.Tokenize(text, model.MaxTokens).Ids)], model.Config.PadTokenId);
            float[] values;
            await one.WaitAsync();
            try
            {
                values = Run(session, batch);
            }
            finally
            {
                one.Release();
            }

            var width = values.Length / texts.Length;
            await context.Response.WriteAsJsonAsync(Enumerable.Range(0, texts.Length).Select(row => Unit(values.AsSpan(row * width, width))));
        }));
        await EmptyServer.ServeAsync(app);
        return 0;
    }

    private static float[] Run(InferenceSession session, TokenBatch batch)
    {
        using var ids = Input(batch.Ids);
        using var mask = Input(batch.Mask);
        using var types = Input(new int[batch.Ids.Length]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, s_inputs, [ids, mask, types], [EncoderGraph.Embeddings]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();

        OrtValue Input(int[] values) => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (long)value), [batch.Count, batch.Length]);
    }

    private static float[] Unit(ReadOnlySpan<float> vector)
    {
        var norm = Math.Sqrt(Vectors.Similarity.Dot(vector, vector));
        return Array.ConvertAll(vector.ToArray(), value => (float)(value / norm));
    }
}
