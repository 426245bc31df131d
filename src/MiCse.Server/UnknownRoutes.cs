using MiCse.Server.Dialects;
using MiCse.Server.Dialects.Cohere;
using MiCse.Server.Dialects.Ollama;
using MiCse.Server.Dialects.OpenAi;
using MiCse.Server.Dialects.Own;
using MiCse.Server.Dialects.Tei;
using MiCse.Server.Requests;
using MiCse.Server.Security;
using MiCse.Server.State;
using MiCse.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server;

/// <summary>Middleware of a server that has no other routes: what no route takes is refused in the words of the clients that ask under its path.</summary>
internal static class UnknownRoutes
{
    private static readonly Dialect s_other = new TeiDialect();

    private static readonly (PathString Prefix, Dialect Dialect)[] s_dialects =
    [
        ("/api", new OllamaDialect()), ("/v2", new CohereDialect()),
        .. Under(new OpenAiDialect(), "/v1", "/embeddings", "/models", "/score"),
        .. Under(new OwnDialect(), "/search", "/index", "/map", "/explain", "/status", "/docs", "/view", "/healthz", "/readyz"),
    ];

    /// <summary>Lets routes answer; else 404, or 405 with Allow where the path has a route of another method.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        // Routing's own answer of 405 is an endpoint too, but none of a route.
        if (context.GetEndpoint() is RouteEndpoint)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        Refusal refusal;
        try
        {
            context.RequestServices.GetRequiredService<RequestGate>().CheckOrigin(context.Request);
            await next(context).ConfigureAwait(false);
            refusal = new Refusal(RefusalKind.NotFound, context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                ? $"This route does not take {context.Request.Method}, but {context.Response.Headers.Allow}."
                : "There is no such route; /openapi.json lists them.");
        }
        catch (RefusalException refused)
        {
            refusal = refused.Refusal;
            context.Response.StatusCode = refusal.Status;
        }

        context.RequestServices.GetRequiredService<ServerLog>().Refused(context.Request.Path, refusal);
        context.RequestServices.GetRequiredService<ServerMetrics>().CountRefusal(context, refusal.Kind);
        if (context.RequestServices.GetRequiredService<ServerState>().IsStopping)
        {
            Dialect.Close(context);
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            var dialect = s_dialects.FirstOrDefault(each => context.Request.Path.StartsWithSegments(each.Prefix, StringComparison.Ordinal)).Dialect ?? s_other;
            await dialect.WriteAsync(context, refusal).ConfigureAwait(false);
        }
    }

    private static IEnumerable<(PathString Prefix, Dialect Dialect)> Under(Dialect dialect, params string[] prefixes) => prefixes.Select(prefix => (new PathString(prefix), dialect));
}
