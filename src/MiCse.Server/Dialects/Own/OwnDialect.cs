using MiCse.Server.Configuration;
using MiCse.Server.Indexes;
using MiCse.Server.Models;
using MiCse.Server.Page;
using MiCse.Server.Pipeline;
using MiCse.Server.Requests;
using MiCse.Server.Responses;
using MiCse.Server.State;
using MiCse.Server.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Dialects.Own;

/// <summary>Routes that no other server has: search in indexes and changes of them, and what the server does now.</summary>
internal sealed class OwnDialect : Dialect
{
    public override void Map(IEndpointRouteBuilder routes)
    {
        Post(routes, "/search", SearchAsync);
        Get(routes, "/index", IndexesAsync);
        Post(routes, "/index/{name}", ChangeAsync);
        Post(routes, "/map", MapAsync);
        Post(routes, "/explain", ExplainAsync);
        Get(routes, "/status", StatusAsync);
        GetOpen(routes, "/", BrowserPage.WriteAsync);
        GetOpen(routes, "/healthz", _ => Task.CompletedTask);
        GetOpen(routes, "/readyz", ReadyAsync);
        GetOpen(routes, "/openapi.json", OpenApi.WriteAsync);
        GetOpen(routes, "/api-doc/openapi.json", OpenApi.WriteAsync).ExcludeFromDescription();
        if (routes.ServiceProvider.GetRequiredService<MiCseServerOptions>().Page)
        {
            foreach (var (route, answer) in BrowserPage.Files)
            {
                GetOpen(routes, route, answer).ExcludeFromDescription();
            }

            DocumentationPage.Map(routes, Open);
        }
    }

    public override async Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var status = context.Response.StatusCode;
        context.Response.ContentType = "application/problem+json";
        await JsonAnswer.WriteAsync(
            context, new ProblemAnswer("about:blank", ReasonPhrases.GetReasonPhrase(status), status, refusal.Message, refusal.Field), OwnJson.Default.ProblemAnswer).ConfigureAwait(false);
    }

    private static Task ReadyAsync(HttpContext context)
    {
        var state = context.RequestServices.GetRequiredService<ServerState>();
        return state switch
        {
            { IsStopping: true } => throw new RefusalException(RefusalKind.NotReady, "The server is stopping."),
            { Failure: { } failure } => throw new RefusalException(RefusalKind.NotReady, failure),
            { IsReady: false } => throw new RefusalException(new Refusal(RefusalKind.NotReady, "The server is starting; its model is being loaded.") { RetryAfter = TimeSpan.FromSeconds(1) }),
            _ => Task.CompletedTask,
        };
    }

    private static async Task SearchAsync(HttpContext context)
    {
        var request = await ReadAsync(context, OwnJson.Default.SearchRequest).ConfigureAwait(false);
        if (request.Query is not { Count: > 0, Ids: null })
        {
            throw new RefusalException(RefusalKind.Empty, "query is empty; it must be a text or texts.", "query");
        }

        var limits = context.RequestServices.GetRequiredService<MiCseServerOptions>().Limits;
        if (request.Top < 1 || (long)request.Top * request.Query.Count > Math.Max(limits.Hits, request.Query.Count))
        {
            throw new RefusalException(RefusalKind.Invalid, $"top is {request.Top} for {request.Query.Count} queries; at least 1 and at most {limits.Hits} hits in all can be asked for.", "top");
        }

        if (request.MinScore is { } score && (double.IsNaN(score) || score < -1 || score > 1))
        {
            throw new RefusalException(RefusalKind.Invalid, "min_score is no cosine, which lie between -1 and 1.", "min_score");
        }

        var index = context.RequestServices.GetRequiredService<IndexHost>().Find(request.Index);
        using var deadline = context.RequestServices.GetRequiredService<EncodeService>().Deadline(context);
        var model = await index.ModelAsync(deadline.Token).ConfigureAwait(false);
        var answer = await EncodeAsync(
            context, new EncodeRequest(model.Name, request.Query) { Field = "query", Normalize = false, PromptName = request.PromptName }).ConfigureAwait(false);
        var found = await Task.Run(() => index.Search(answer.Texts.Embeddings, request, deadline.Token), deadline.Token).ConfigureAwait(false);
        var results = found.Select((hits, query) => new QueryHits([.. hits.Select(hit => new Hit(hit.Id, hit.Score, hit.Text))], answer.Texts.Truncated[query]));
        await JsonAnswer.WriteAsync(context, new SearchAnswer(index.Name, [.. results]), OwnJson.Default.SearchAnswer).ConfigureAwait(false);
    }

    private static async Task ChangeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var index = services.GetRequiredService<IndexHost>().Find((string?)context.Request.RouteValues["name"]);
        if (!services.GetRequiredService<MiCseServerOptions>().Writable)
        {
            throw new RefusalException(RefusalKind.Forbidden, "Indexes of this server are not changed by requests; its operator can allow it.");
        }

        var request = await ReadAsync(context, OwnJson.Default.IndexChangeRequest).ConfigureAwait(false);
        var (add, remove) = (request.Add ?? [], request.Remove ?? []);
        if (add.Count + remove.Count == 0)
        {
            throw new RefusalException(RefusalKind.Empty, "add and remove are empty; there is nothing to change.", "add");
        }

        if (remove.Any(string.IsNullOrEmpty))
        {
            throw new RefusalException(RefusalKind.Invalid, "An id of remove is empty.", "remove");
        }

        if (add.Any(row => row is not { Text: not null } or { Id: "" }))
        {
            throw new RefusalException(RefusalKind.Invalid, "A row has no text, or an id is empty.", "add");
        }

        if (add.Select(row => row.Id).OfType<string>().CountBy(id => id, StringComparer.Ordinal).FirstOrDefault(id => id.Value > 1).Key is { } twice)
        {
            throw new RefusalException(RefusalKind.Invalid, $"The id '{twice}' is given to more than one row of add; ids must differ.", "add");
        }

        using var deadline = context.RequestServices.GetRequiredService<EncodeService>().Deadline(context);
        var model = await index.ModelAsync(deadline.Token).ConfigureAwait(false);
        var vectors = add.Count == 0 ? null : (await EncodeAsync(
            context, new EncodeRequest(model.Name, new TextInput([.. add.Select(row => row.Text)], null)) { Field = "add", Normalize = false }).ConfigureAwait(false)).Texts.Embeddings;
        var answer = await index.ChangeAsync(add, vectors, remove, deadline.Token).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, answer, OwnJson.Default.IndexChangeAnswer).ConfigureAwait(false);
    }

    private static async Task MapAsync(HttpContext context) => await context.RequestServices.GetRequiredService<MapService>()
        .AnswerAsync(context, await ReadAsync(context, OwnJson.Default.MapRequest).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task ExplainAsync(HttpContext context) => await context.RequestServices.GetRequiredService<ExplainService>()
        .AnswerAsync(context, await ReadAsync(context, OwnJson.Default.ExplainRequest).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task IndexesAsync(HttpContext context)
    {
        await ReadyAsync(context).ConfigureAwait(false);
        var services = context.RequestServices;
        var list = new IndexList(
            [.. services.GetRequiredService<IndexHost>().Indexes.Select(index => index.Summary)], services.GetRequiredService<MiCseServerOptions>().Writable);
        await JsonAnswer.WriteAsync(context, list, OwnJson.Default.IndexList).ConfigureAwait(false);
    }

    private static Task StatusAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var state = services.GetRequiredService<ServerState>();
        var models = services.GetRequiredService<ModelHost>().Models.Select(model =>
        {
            var (encoder, waiting) = (model.Encoder, model.Admission.State);
            return new ModelStatus(
                model.Name, encoder is not null, model.Bytes, encoder?.Dimensions, encoder?.MaxTokens, encoder?.Fingerprint,
                encoder is null ? null : [.. encoder.Folder.Prompts.ByName.Keys], waiting.Requests, waiting.Texts, waiting.Tokens, waiting.TokensPerSecond);
        });
        var status = new StatusAnswer(
            state.IsReady, state.IsStopping, state.Uptime.TotalSeconds, state.Requests, Environment.WorkingSet, services.GetRequiredService<RequestBody>().Bytes,
            ProgramVersion.Value, [.. models], [.. services.GetRequiredService<IndexHost>().Indexes.Select(index => index.Name)]);
        return JsonAnswer.WriteAsync(context, status, OwnJson.Default.StatusAnswer);
    }
}
