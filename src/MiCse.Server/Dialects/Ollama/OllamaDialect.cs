using System.Globalization;
using System.Text.Json;
using MiCse.ModelFolders;
using MiCse.Server.Configuration;
using MiCse.Server.Models;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Dialects.Ollama;

/// <summary>The routes of Ollama that an embedding model has.</summary>
internal sealed class OllamaDialect : Dialect
{
    public override void Map(IEndpointRouteBuilder routes)
    {
        Post(routes, "/api/embed", EmbedAsync);
        Post(routes, "/api/embeddings", EmbeddingsAsync);
        Post(routes, "/api/show", ShowAsync);
        Get(routes, "/api/tags", context => TagsAsync(context, loadedOnly: false));
        Get(routes, "/api/ps", context => TagsAsync(context, loadedOnly: true));
        GetOpen(routes, "/api/version", context => JsonAnswer.WriteAsync(context, new OllamaVersion(ProgramVersion.Value), OllamaJson.Default.OllamaVersion));
        foreach (var route in (string[])["/api/generate", "/api/chat"])
        {
            Post(routes, route, _ => throw new RefusalException(RefusalKind.Invalid, "The model encodes texts and does not generate any."));
        }

        foreach (var route in (string[])["/api/pull", "/api/push", "/api/create", "/api/copy"])
        {
            Post(routes, route, _ => throw new RefusalException(RefusalKind.Forbidden, "The models of this server are given when it starts."));
        }
    }

    protected override int Status(Refusal refusal) => refusal.Kind == RefusalKind.Invalid ? 400 : refusal.Status;

    public override Task WriteAsync(HttpContext context, Refusal refusal) => JsonAnswer.WriteAsync(context, new OllamaError(refusal.Message), OllamaJson.Default.OllamaError);

    private static async Task EmbedAsync(HttpContext context)
    {
        var request = await ReadAsync(context, OllamaJson.Default.OllamaEmbedRequest).ConfigureAwait(false);
        var input = request.Input ?? new TextInput([], null);
        var name = context.RequestServices.GetRequiredService<ModelHost>().Find(request.Model).Name;
        if (input.Ids is not null)
        {
            throw new RefusalException(RefusalKind.Malformed, "input must be a text or texts.", "input");
        }

        var answer = input.Count == 0 || input is { IsSingle: true, Texts: [""] } ? null : await EncodeAsync(
            context, new EncodeRequest(request.Model, input) { Truncate = request.Truncate, Normalize = false }).ConfigureAwait(false);
        var embeddings = answer is null ? null : UnitVectors.Of(answer.Texts.Embeddings, Dimensions(request, answer), normalize: true);
        var json = new JsonAnswer(context);
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("model", request.Model.Length > 0 ? request.Model : name);
        writer.WriteStartArray("embeddings");
        for (var row = 0; row < (embeddings?.Count ?? 0); row++)
        {
            VectorWriter.Write(writer, embeddings![row], VectorFormat.Float);
            await json.PauseAsync().ConfigureAwait(false);
        }

        writer.WriteEndArray();
        writer.WriteNumber("total_duration", Nanoseconds(answer?.Times.Total ?? TimeSpan.Zero));
        writer.WriteNumber("load_duration", 0);
        writer.WriteNumber("prompt_eval_count", answer?.Tokens ?? 0);
        if (answer is { TruncatedTexts.Length: > 0 })
        {
            writer.WriteStartArray("truncated");
            foreach (var index in answer.TruncatedTexts.Take(ResponseHeaders.MostIndices))
            {
                writer.WriteNumberValue(index);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        await json.EndAsync().ConfigureAwait(false);
    }

    private static async Task EmbeddingsAsync(HttpContext context)
    {
        var request = await ReadAsync(context, OllamaJson.Default.OllamaEmbeddingsRequest).ConfigureAwait(false);
        context.RequestServices.GetRequiredService<ModelHost>().Find(request.Model);
        var answer = request.Prompt.Length == 0 ? null
            : await EncodeAsync(context, new EncodeRequest(request.Model, new TextInput([request.Prompt], null) { IsSingle = true }) { Field = "prompt" }).ConfigureAwait(false);
        var json = new JsonAnswer(context);
        json.Writer.WriteStartObject();
        json.Writer.WritePropertyName("embedding");
        VectorWriter.Write(json.Writer, answer is null ? [] : answer.Texts.Embeddings[0], VectorFormat.Float);
        json.Writer.WriteEndObject();
        await json.EndAsync().ConfigureAwait(false);
    }

    private static async Task ShowAsync(HttpContext context)
    {
        var request = await ReadAsync(context, OllamaJson.Default.OllamaShowRequest).ConfigureAwait(false);
        var models = context.RequestServices.GetRequiredService<ModelHost>();
        using var lease = await models.UseAsync(models.Find(request.Model ?? request.Name), context.RequestAborted).ConfigureAwait(false);
        var (model, encoder) = (lease.Model, lease.Encoder);
        var weights = WeightSummary.Of(encoder.Folder);
        var info = new Dictionary<string, JsonElement>
        {
            ["general.architecture"] = JsonSerializer.SerializeToElement(weights.Family, OllamaJson.Default.String),
            ["general.parameter_count"] = Number(weights.Parameters),
            [$"{weights.Family}.context_length"] = Number(encoder.MaxTokens),
            [$"{weights.Family}.embedding_length"] = Number(encoder.Dimensions),
        };
        if (encoder.Folder.Static is null)
        {
            info[$"{weights.Family}.block_count"] = Number(encoder.Folder.Config.Layers);
            info[$"{weights.Family}.attention.head_count"] = Number(encoder.Folder.Config.Heads);
        }

        await JsonAnswer.WriteAsync(
            context,
            new OllamaShow(encoder.Folder.License ?? "", Details(encoder.Folder), info, ["embedding"], model.WrittenAt!.Value),
            OllamaJson.Default.OllamaShow).ConfigureAwait(false);
    }

    private static Task TagsAsync(HttpContext context, bool loadedOnly)
    {
        var models = context.RequestServices.GetRequiredService<ModelHost>().Models.Where(model => model.Folder is not null && (!loadedOnly || model.Encoder is not null));
        return JsonAnswer.WriteAsync(
            context,
            new OllamaTags([.. models.Select(model => new OllamaModel(
                $"{model.Name}:latest", $"{model.Name}:latest", model.WrittenAt!.Value, model.Bytes!.Value, model.Encoder?.Fingerprint ?? "", Details(model.Folder!)))]),
            OllamaJson.Default.OllamaTags);
    }

    private static OllamaDetails Details(ModelFolder folder)
    {
        var weights = WeightSummary.Of(folder);
        return new OllamaDetails(
            "", "safetensors", weights.Family, [weights.Family], string.Create(CultureInfo.InvariantCulture, $"{weights.Parameters / 1e6:0.##}M"), weights.Type);
    }

    // Ollama does not mind lengths that the model does not have.
    private static int Dimensions(OllamaEmbedRequest request, EncodeAnswer answer)
    {
        var all = answer.Texts.Embeddings.Dimensions;
        return request.Dimensions is { } asked && asked > 0 && asked < all ? asked : all;
    }

    private static JsonElement Number(long value) => JsonSerializer.SerializeToElement(value, OllamaJson.Default.Int64);

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
