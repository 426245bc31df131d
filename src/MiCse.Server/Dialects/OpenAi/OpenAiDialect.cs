using MiCse.Server.Configuration;
using MiCse.Server.Models;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Dialects.OpenAi;

/// <summary>The routes of OpenAI, and vLLM's /score.</summary>
internal sealed class OpenAiDialect : Dialect
{
    private const string Owner = "micse";

    public override void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["/v1", ""])
        {
            IEndpointConventionBuilder[] mapped =
            [
                Post(routes, $"{prefix}/embeddings", EmbeddingsAsync), Get(routes, $"{prefix}/models", ModelsAsync), Get(routes, $"{prefix}/models/{{**id}}", ModelAsync),
                Post(routes, $"{prefix}/score", ScoreAsync),
            ];
            if (prefix.Length == 0)
            {
                Array.ForEach(mapped, route => route.ExcludeFromDescription());
            }
        }
    }

    protected override int Status(Refusal refusal) => refusal.Kind == RefusalKind.Invalid ? 400 : refusal.Status;

    public override Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var (type, code) = refusal.Kind switch
        {
            RefusalKind.Unauthorized => ("invalid_request_error", "invalid_api_key"),
            RefusalKind.NotFound when refusal.Field == "model" => ("invalid_request_error", "model_not_found"),
            RefusalKind.Overloaded => ("rate_limit_error", "server_overloaded"),
            RefusalKind.RateLimited => ("rate_limit_error", "rate_limit_exceeded"),
            RefusalKind.TooLong => ("invalid_request_error", "context_length_exceeded"),
            RefusalKind.NotReady or RefusalKind.Failed => ("server_error", null),
            _ => ("invalid_request_error", (string?)null),
        };
        return JsonAnswer.WriteAsync(context, new OpenAiError(new OpenAiErrorBody(refusal.Message, type, refusal.Field, code)), OpenAiJson.Default.OpenAiError);
    }

    private static async Task EmbeddingsAsync(HttpContext context)
    {
        var request = await ReadAsync(context, OpenAiJson.Default.OpenAiEmbeddingsRequest).ConfigureAwait(false);
        var format = VectorWriter.Parse(request.EncodingFormat ?? "float")
            ?? throw new RefusalException(RefusalKind.Invalid, $"encoding_format is none of {VectorWriter.Names}.", "encoding_format");
        if (request.Input.Count == 0)
        {
            throw new RefusalException(RefusalKind.Empty, "input is empty; at least one text is needed.", "input");
        }

        var answer = await EncodeAsync(
            context, new EncodeRequest(request.Model, request.Input) { Dimensions = request.Dimensions, Format = format.Name() }).ConfigureAwait(false);
        var json = new JsonAnswer(context);
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        for (var row = 0; row < answer.Texts.Embeddings.Count; row++)
        {
            writer.WriteStartObject();
            writer.WriteString("object", "embedding");
            writer.WriteNumber("index", row);
            writer.WritePropertyName("embedding");
            VectorWriter.Write(writer, answer.Texts.Embeddings[row], format);
            if (answer.Texts.Truncated[row])
            {
                writer.WriteBoolean("truncated", true);
            }

            writer.WriteEndObject();
            await json.PauseAsync().ConfigureAwait(false);
        }

        writer.WriteEndArray();
        writer.WriteString("model", answer.Model);
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", answer.Tokens);
        writer.WriteNumber("total_tokens", answer.Tokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
        await json.EndAsync().ConfigureAwait(false);
    }

    private static Task ModelsAsync(HttpContext context)
    {
        var models = context.RequestServices.GetRequiredService<ModelHost>();
        return JsonAnswer.WriteAsync(context, new OpenAiModels("list", [.. models.Models.Select(Describe)]), OpenAiJson.Default.OpenAiModels);
    }

    private static Task ModelAsync(HttpContext context)
    {
        var model = context.RequestServices.GetRequiredService<ModelHost>().Find((string?)context.Request.RouteValues["id"]);
        return JsonAnswer.WriteAsync(context, Describe(model), OpenAiJson.Default.OpenAiModel);
    }

    private static OpenAiModel Describe(HostedModel model) =>
        new(model.Name, "model", model.WrittenAt is { } written ? new DateTimeOffset(written).ToUnixTimeSeconds() : 0, Owner);

    private static async Task ScoreAsync(HttpContext context)
    {
        var request = await ReadAsync(context, OpenAiJson.Default.ScoreRequest).ConfigureAwait(false);
        var (first, second) = (request.First ?? request.Queries, request.Second ?? request.Documents);
        if (first is not { Count: > 0, Ids: null } || second is not { Count: > 0, Ids: null })
        {
            throw new RefusalException(RefusalKind.Invalid, "text_1 and text_2 must be a text or texts each.", first is not { Count: > 0, Ids: null } ? "text_1" : "text_2");
        }

        if (first.Count != second.Count && first.Count != 1)
        {
            throw new RefusalException(RefusalKind.Invalid, $"{first.Count} texts cannot be compared with {second.Count}: text_1 must be one text, or as many as text_2.", "text_1");
        }

        var answer = await EncodeAsync(
            context, new EncodeRequest(request.Model, new TextInput([.. first.Texts, .. second.Texts], null)) { Field = "text_1", Truncate = request.Truncate }).ConfigureAwait(false);
        var items = Enumerable.Range(0, second.Count).Select(index => new ScoreItem(
            index, "score", UnitVectors.Cosine(answer.Texts.Embeddings[first.Count == 1 ? 0 : index], answer.Texts.Embeddings[first.Count + index])));
        var created = context.RequestServices.GetRequiredService<MiCseServerOptions>().Time.GetUtcNow().ToUnixTimeSeconds();
        await JsonAnswer.WriteAsync(
            context,
            new ScoreAnswer($"score-{context.TraceIdentifier}", "list", created, answer.Model, [.. items], new OpenAiUsage(answer.Tokens, answer.Tokens)),
            OpenAiJson.Default.ScoreAnswer).ConfigureAwait(false);
    }
}
