using System.Globalization;
using System.Text.Json;
using MiCse.Models;
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

    protected override Task WriteAsync(HttpContext context, Refusal refusal) => JsonAnswer.WriteAsync(context, new OllamaError(refusal.Message), OllamaJson.Default.OllamaError);

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
            context, new EncodeRequest(request.Model, input) { Truncate = request.Truncate, Dimensions = request.Dimensions }).ConfigureAwait(false);
        var json = new JsonAnswer(context);
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("model", request.Model.Length > 0 ? request.Model : name);
        writer.WriteStartArray("embeddings");
        for (var row = 0; row < (answer?.Texts.Embeddings.Count ?? 0); row++)
        {
            VectorWriter.Write(writer, answer!.Texts.Embeddings[row], VectorFormat.Float);
            await json.PauseAsync().ConfigureAwait(false);
        }

        writer.WriteEndArray();
        writer.WriteNumber("total_duration", Nanoseconds(answer?.Times.Total ?? TimeSpan.Zero));
        writer.WriteNumber("load_duration", 0);
        writer.WriteNumber("prompt_eval_count", answer?.Tokens ?? 0);
        if (answer is { TruncatedTexts.Length: > 0 })
        {
            writer.WriteStartArray("truncated");
            Array.ForEach(answer.TruncatedTexts, writer.WriteNumberValue);
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
        var family = encoder.Folder.Config.ModelType;
        var info = new Dictionary<string, JsonElement>
        {
            ["general.architecture"] = JsonSerializer.SerializeToElement(family, OllamaJson.Default.String),
            ["general.parameter_count"] = Number(model.Bytes!.Value / 4),
            [$"{family}.block_count"] = Number(encoder.Folder.Config.Layers),
            [$"{family}.context_length"] = Number(encoder.MaxTokens),
            [$"{family}.embedding_length"] = Number(encoder.Dimensions),
            [$"{family}.attention.head_count"] = Number(encoder.Folder.Config.Heads),
        };
        await JsonAnswer.WriteAsync(
            context,
            new OllamaShow(encoder.Folder.License ?? "", Details(model), info, ["embedding"], model.WrittenAt!.Value),
            OllamaJson.Default.OllamaShow).ConfigureAwait(false);
    }

    private static Task TagsAsync(HttpContext context, bool loadedOnly)
    {
        var models = context.RequestServices.GetRequiredService<ModelHost>().Models.Where(model => model.Folder is not null && (!loadedOnly || model.Encoder is not null));
        return JsonAnswer.WriteAsync(
            context,
            new OllamaTags([.. models.Select(model => new OllamaModel(
                $"{model.Name}:latest", $"{model.Name}:latest", model.WrittenAt!.Value, model.Bytes!.Value, model.Encoder?.Fingerprint ?? "", Details(model)))]),
            OllamaJson.Default.OllamaTags);
    }

    private static OllamaDetails Details(HostedModel model)
    {
        var (folder, int8) = (model.Folder!, model.Folder!.Precision == EncoderPrecision.Int8);
        var parameters = model.Bytes!.Value / (int8 ? 1 : 4);
        return new OllamaDetails(
            "", "safetensors", folder.Config.ModelType, [folder.Config.ModelType], string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:0.##}M"), int8 ? "INT8" : "F32");
    }

    private static JsonElement Number(long value) => JsonSerializer.SerializeToElement(value, OllamaJson.Default.Int64);

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
