using MiCse.Server.Configuration;
using MiCse.Server.Models;
using MiCse.Server.Pipeline;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using MiCse.Server.State;
using MiCse.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Dialects.Tei;

/// <summary>The routes of text-embeddings-inference.</summary>
internal sealed class TeiDialect : Dialect
{
    public override void Map(IEndpointRouteBuilder routes)
    {
        Post(routes, "/embed", EmbedAsync);
        Post(routes, "/", EmbedAsync).ExcludeFromDescription();
        Post(routes, "/invocations", EmbedAsync).ExcludeFromDescription();
        Post(routes, "/embed_all", EmbedAllAsync);
        Post(routes, "/similarity", SimilarityAsync);
        Post(routes, "/tokenize", TokenizeAsync);
        Post(routes, "/decode", DecodeAsync);
        Get(routes, "/info", InfoAsync);
        Get(routes, "/metrics", MetricsAsync);
        GetOpen(routes, "/health", HealthAsync);
        GetOpen(routes, "/ping", HealthAsync).ExcludeFromDescription();
        foreach (var (route, what) in ((string, string)[])
            [("/rerank", "a re-ranker"), ("/predict", "a classifier"), ("/embed_sparse", "a SPLADE model"), ("/vertex", "served for Vertex; use /embed")])
        {
            Post(routes, route, _ => throw new RefusalException(RefusalKind.Unsupported, $"The model is not {what}."));
        }
    }

    public override Task WriteAsync(HttpContext context, Refusal refusal) =>
        refusal.Kind == RefusalKind.Unauthorized ? Task.CompletedTask : JsonAnswer.WriteAsync(context, new TeiError(refusal.Message, Type(refusal.Kind)), TeiJson.Default.TeiError);

    protected override int Status(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.TooLarge when refusal.Field is not null => 422,
        RefusalKind.Failed => 424,
        _ => refusal.Status,
    };

    private static string Type(RefusalKind kind) => kind switch
    {
        RefusalKind.Empty => "Empty",
        RefusalKind.Overloaded or RefusalKind.RateLimited => "Overloaded",
        RefusalKind.Failed or RefusalKind.Unsupported => "Backend",
        RefusalKind.NotReady => "Unhealthy",
        _ => "Validation",
    };

    private static async Task EmbedAsync(HttpContext context)
    {
        var request = await ReadAsync(context, TeiJson.Default.TeiEmbedRequest).ConfigureAwait(false);
        var answer = await EncodeAsync(context, request.ToEncodeRequest() with { Normalize = request.Normalize, Dimensions = request.Dimensions }).ConfigureAwait(false);
        var json = new JsonAnswer(context);
        json.Writer.WriteStartArray();
        for (var row = 0; row < answer.Texts.Embeddings.Count; row++)
        {
            VectorWriter.Write(json.Writer, answer.Texts.Embeddings[row], VectorFormat.Float);
            await json.PauseAsync().ConfigureAwait(false);
        }

        json.Writer.WriteEndArray();
        await json.EndAsync().ConfigureAwait(false);
    }

    private static async Task EmbedAllAsync(HttpContext context)
    {
        var request = await ReadAsync(context, TeiJson.Default.TeiEmbedRequest).ConfigureAwait(false);
        var service = context.RequestServices.GetRequiredService<EncodeService>();
        var json = new JsonAnswer(context);
        json.Writer.WriteStartArray();
        await foreach (var tokens in service.EncodeTokensAsync(context, request.ToEncodeRequest()).ConfigureAwait(false))
        {
            json.Writer.WriteStartArray();
            for (var token = 0; token < tokens.States.Count; token++)
            {
                VectorWriter.Write(json.Writer, tokens.States[token], VectorFormat.Float);
                await json.PauseAsync().ConfigureAwait(false);
            }

            json.Writer.WriteEndArray();
        }

        json.Writer.WriteEndArray();
        await json.EndAsync().ConfigureAwait(false);
    }

    private static async Task SimilarityAsync(HttpContext context)
    {
        var request = await ReadAsync(context, TeiJson.Default.TeiSimilarityRequest).ConfigureAwait(false);
        var (source, sentences) = (request.Inputs.SourceSentence, request.Inputs.Sentences);
        if (sentences.Count == 0)
        {
            throw new RefusalException(RefusalKind.Empty, "`inputs.sentences` cannot be empty.", "inputs");
        }

        var parameters = request.Parameters ?? new TeiParameters();
        var answer = await EncodeAsync(context, new EncodeRequest(null, new TextInput([source, .. sentences], null))
        {
            Field = "inputs", Truncate = parameters.Truncate, KeepsEnd = TeiEmbedRequest.IsLeft(parameters.TruncationDirection), PromptName = parameters.PromptName,
        }).ConfigureAwait(false);
        var scores = new float[sentences.Count];
        for (var index = 0; index < scores.Length; index++)
        {
            scores[index] = UnitVectors.Cosine(answer.Texts.Embeddings[0], answer.Texts.Embeddings[index + 1]);
        }

        await JsonAnswer.WriteAsync(context, scores, TeiJson.Default.SingleArray).ConfigureAwait(false);
    }

    private static async Task TokenizeAsync(HttpContext context)
    {
        var request = await ReadAsync(context, TeiJson.Default.TeiTokenizeRequest).ConfigureAwait(false);
        RequireTexts(request.Inputs);
        var service = context.RequestServices.GetRequiredService<EncodeService>();
        using var lease = await service.UseAsync(null, request.Inputs, context.RequestAborted).ConfigureAwait(false);
        var encoder = lease.Encoder;
        var prompt = EncodeService.Prompt(request.PromptName, encoder.Folder.Prompts) ?? encoder.Prompt;
        var tokens = request.Inputs.Texts.Select(text => TokenTable.Of(encoder.Tokenizer, prompt + text, request.AddSpecialTokens).ToArray());
        await JsonAnswer.WriteAsync(context, [.. tokens], TeiJson.Default.TeiTokenArrayArray).ConfigureAwait(false);
    }

    private static async Task DecodeAsync(HttpContext context)
    {
        var request = await ReadAsync(context, TeiJson.Default.TeiDecodeRequest).ConfigureAwait(false);
        if (request.Ids.Ids is not { } ids)
        {
            throw new RefusalException(RefusalKind.Empty, "`ids` cannot be empty, and must be token ids.", "ids");
        }

        var service = context.RequestServices.GetRequiredService<EncodeService>();
        using var lease = await service.UseAsync(null, request.Ids, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(
            context, [.. ids.Select(each => TokenTable.Text(lease.Encoder.Tokenizer, each, request.SkipSpecialTokens))], TeiJson.Default.IReadOnlyListString).ConfigureAwait(false);
    }

    private static async Task InfoAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (options, models) = (services.GetRequiredService<MiCseServerOptions>(), services.GetRequiredService<ModelHost>());
        using var lease = await models.UseAsync(models.Default, context.RequestAborted).ConfigureAwait(false);
        var encoder = lease.Encoder;
        await JsonAnswer.WriteAsync(context, TeiInfo.Of(lease.Model.Name, encoder, options), TeiJson.Default.TeiInfo).ConfigureAwait(false);
    }

    private static async Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.RequestServices.GetRequiredService<ServerMetrics>().Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task HealthAsync(HttpContext context)
    {
        context.Response.StatusCode = context.RequestServices.GetRequiredService<ServerState>() is { IsReady: true, Failure: null }
            ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    private static void RequireTexts(TextInput input)
    {
        if (input.Count == 0)
        {
            throw new RefusalException(RefusalKind.Empty, "`inputs` cannot be empty.", "inputs");
        }

        if (input.Ids is not null)
        {
            throw new RefusalException(RefusalKind.Invalid, "`inputs` must be texts.", "inputs");
        }
    }
}
