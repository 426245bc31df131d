using System.Globalization;
using MiCse.Server.Pipeline;
using MiCse.Server.Requests;
using MiCse.Server.Security;
using MiCse.Server.State;
using MiCse.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Dialects;

/// <summary>One way of asking for embeddings over HTTP: its routes, and how it says no.</summary>
internal abstract class Dialect
{
    /// <summary>Adds its routes.</summary>
    public abstract void Map(IEndpointRouteBuilder routes);

    /// <summary>The status code of a refusal.</summary>
    protected virtual int Status(Refusal refusal) => refusal.Status;

    /// <summary>Writes the body of a refusal.</summary>
    public abstract Task WriteAsync(HttpContext context, Refusal refusal);

    /// <summary>Makes a route of another library one that anyone may ask at any time.</summary>
    protected void Open(EndpointBuilder endpoint)
    {
        var answer = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context => AnswerAsync(context, answer.Invoke, isOpen: true);
        endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    }

    /// <summary>Adds a route that encodes, searches, or tells what the server has: it takes a key.</summary>
    protected IEndpointConventionBuilder Post(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task> answer) =>
        routes.MapPost(pattern, context => AnswerAsync(context, answer, isOpen: false));

    /// <inheritdoc cref="Post"/>
    protected IEndpointConventionBuilder Get(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task> answer) =>
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], context => AnswerAsync(context, answer, isOpen: false));

    /// <summary>Adds a route that anyone may ask at any time.</summary>
    protected IEndpointConventionBuilder GetOpen(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task> answer) =>
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], context => AnswerAsync(context, answer, isOpen: true));

    /// <summary>Reads the body of a request, which counts as one that is answered from then on: slow senders take nobody's place.</summary>
    protected static async Task<T> ReadAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        var body = await context.RequestServices.GetRequiredService<RequestBody>().ReadAsync(context, type).ConfigureAwait(false);
        context.Response.RegisterForDispose(context.RequestServices.GetRequiredService<RequestGate>().Enter());
        return body;
    }

    /// <summary>Encodes what a request asks for.</summary>
    protected static Task<EncodeAnswer> EncodeAsync(HttpContext context, EncodeRequest request) =>
        context.RequestServices.GetRequiredService<EncodeService>().EncodeAsync(context, request);

    /// <summary>Tells a client not to use its connection again; HTTP/2 has frames for that, which are Kestrel's.</summary>
    public static void Close(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> answer, bool isOpen)
    {
        var (gate, state) = (context.RequestServices.GetRequiredService<RequestGate>(), context.RequestServices.GetRequiredService<ServerState>());
        if (state.IsStopping)
        {
            Close(context);
        }

        try
        {
            gate.CheckOrigin(context.Request);
            if (isOpen)
            {
                await answer(context).ConfigureAwait(false);
                return;
            }

            gate.CheckKey(context.Request);
            await answer(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception failure)
        {
            await RefuseAsync(context, ToRefusal(context, failure)).ConfigureAwait(false);
        }
    }

    private static Refusal ToRefusal(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case RefusalException refused:
                return refused.Refusal;
            case OperationCanceledException when RequestDeadline.MissedBy(context) is { } missed:
                return missed;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new Refusal(RefusalKind.TooLarge, "The body is too large.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new Refusal(RefusalKind.Slow, "The body came too slowly.");
            case BadHttpRequestException:
                return new Refusal(RefusalKind.Malformed, "The request is not HTTP, or ended early.");
            case ObjectDisposedException:
                return new Refusal(RefusalKind.NotReady, "The server is stopping.") { RetryAfter = TimeSpan.FromSeconds(1) };
            default:
                context.RequestServices.GetRequiredService<ServerLog>().Failed(context.Request.Path, failure);
                return new Refusal(RefusalKind.Failed, "The request failed through no fault of its own; the server's log says why.");
        }
    }

    private async Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        context.RequestServices.GetRequiredService<ServerLog>().Refused(context.Request.Path, refusal);
        context.RequestServices.GetRequiredService<ServerMetrics>().CountRefusal(context, refusal.Kind);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = Status(refusal);
        if (refusal.RetryAfter is { } after)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.Kind == RefusalKind.Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        if (refusal.Kind is RefusalKind.TooLarge or RefusalKind.Slow || context.RequestServices.GetRequiredService<ServerState>().IsStopping)
        {
            Close(context);
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await WriteAsync(context, refusal).ConfigureAwait(false);
        }
    }
}
