using System.Text.Json;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MiCse.Server.Dialects.Cohere;

/// <summary>A request of /v2/embed.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Model">The model's name.</param>
/// <param name="InputType">What the texts are.</param>
/// <param name="EmbeddingTypes">How the embeddings are written; float when there are none.</param>
/// <param name="OutputDimension">Length of the embeddings.</param>
/// <param name="Truncate">Which end of a text that is too long is cut.</param>
/// <param name="Inputs">Texts with images, which are not taken.</param>
internal sealed record CohereEmbedRequest(
    IReadOnlyList<string>? Texts = null, string? Model = null, string? InputType = null, IReadOnlyList<string>? EmbeddingTypes = null, int? OutputDimension = null, string? Truncate = null,
    JsonElement? Inputs = null);

/// <summary>A refusal.</summary>
internal sealed record CohereError(string Message);

/// <summary>The route of Cohere.</summary>
internal sealed class CohereDialect : Dialect
{
    // The names under which models keep the prompts of an input type.
    private static readonly Dictionary<string, string[]> s_prompts = new()
    {
        ["search_query"] = ["search_query", "query"],
        ["search_document"] = ["search_document", "document", "passage"],
        ["classification"] = ["classification"],
        ["clustering"] = ["clustering"],
    };

    public override void Map(IEndpointRouteBuilder routes) => Post(routes, "/v2/embed", EmbedAsync);

    protected override int Status(Refusal refusal) => refusal.Kind is RefusalKind.Invalid or RefusalKind.TooLong ? 400 : refusal.Status;

    public override Task WriteAsync(HttpContext context, Refusal refusal)
    {
        // What other dialects call dimensions.
        var message = refusal.Field == "dimensions" ? refusal.Message.Replace("dimensions is", "output_dimension is", StringComparison.Ordinal) : refusal.Message;
        return JsonAnswer.WriteAsync(context, new CohereError(message), CohereJson.Default.CohereError);
    }

    private static async Task EmbedAsync(HttpContext context)
    {
        var request = await ReadAsync(context, CohereJson.Default.CohereEmbedRequest).ConfigureAwait(false);
        if (request.Inputs is not null)
        {
            throw new RefusalException(RefusalKind.Invalid, "inputs is not taken, since the model encodes texts alone; send them as texts.", "inputs");
        }

        var texts = request.Texts is { Count: > 0 } given ? given : throw new RefusalException(RefusalKind.Empty, "texts is empty; at least one text is needed.", "texts");
        if (texts.Any(text => text is null))
        {
            throw new RefusalException(RefusalKind.Malformed, "texts has a null.", "texts");
        }

        var formats = (request.EmbeddingTypes is { Count: > 0 } types ? types : ["float"]).Select(name => (name is null ? null : VectorWriter.Parse(name))
            ?? throw new RefusalException(RefusalKind.Invalid, $"embedding_types has something that is none of {VectorWriter.Names}.", "embedding_types")).Distinct().ToList();
        var (truncate, keepsEnd) = request.Truncate?.ToUpperInvariant() switch
        {
            null => ((bool?)null, false),
            "END" => (true, false),
            "START" => (true, true),
            "NONE" => (false, false),
            _ => throw new RefusalException(RefusalKind.Invalid, "truncate is none of NONE, START, END.", "truncate"),
        };
        var answer = await EncodeAsync(context, new EncodeRequest(request.Model, new TextInput(texts, null))
        {
            Field = "texts", Truncate = truncate, KeepsEnd = keepsEnd, Dimensions = request.OutputDimension, PromptNames = Prompts(request.InputType), Format = formats[0].Name(),
        }).ConfigureAwait(false);
        var json = new JsonAnswer(context);
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteString("id", context.TraceIdentifier);
        writer.WriteStartObject("embeddings");
        foreach (var format in formats)
        {
            writer.WriteStartArray(format.Name());
            for (var row = 0; row < answer.Texts.Embeddings.Count; row++)
            {
                VectorWriter.Write(writer, answer.Texts.Embeddings[row], format);
                await json.PauseAsync().ConfigureAwait(false);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteStartArray("texts");
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
        WriteMeta(writer, answer);
        writer.WriteString("response_type", "embeddings_by_type");
        writer.WriteEndObject();
        await json.EndAsync().ConfigureAwait(false);
    }

    private static void WriteMeta(Utf8JsonWriter writer, EncodeAnswer answer)
    {
        writer.WriteStartObject("meta");
        writer.WriteStartObject("api_version");
        writer.WriteString("version", "2");
        writer.WriteEndObject();
        writer.WriteStartObject("billed_units");
        writer.WriteNumber("input_tokens", answer.Tokens);
        writer.WriteEndObject();
        if (answer.TruncatedTexts.Length > 0)
        {
            writer.WriteStartArray("warnings");
            writer.WriteStringValue($"{answer.TruncatedTexts.Length} of the texts were cut to the model's length: {ResponseHeaders.List(answer.TruncatedTexts)} (counted from 0).");
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static string[] Prompts(string? inputType) => inputType is null ? []
        : s_prompts.TryGetValue(inputType, out var prompts) ? prompts
        : throw new RefusalException(RefusalKind.Invalid, "input_type is none of search_query, search_document, classification, clustering.", "input_type");
}
