using System.Reflection;
using MiCse.Server.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Page;

/// <summary>What <c>GET /</c> answers: a page to browsers, and to programs the sentence that the clients of Ollama look for.</summary>
internal static class BrowserPage
{
    private const string Running = "Ollama is running";

    // Nothing comes from elsewhere, and no other site shows the page in a frame. The styles of cells are attributes.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds the files of the page.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/page.css", (RequestDelegate)(context => WriteAsync(context, "page.css", "text/css")));
        routes.MapGet("/page.js", (RequestDelegate)(context => WriteAsync(context, "page.js", "text/javascript")));
    }

    /// <summary>Answers.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        return context.RequestServices.GetRequiredService<MiCseServerOptions>().Page && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? WriteAsync(context, "page.html", "text/html")
            : WriteAsync(context, System.Text.Encoding.ASCII.GetBytes(Running), "text/plain");
    }

    private static async Task WriteAsync(HttpContext context, string file, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-cache";
        await WriteAsync(context, bytes, type).ConfigureAwait(false);
    }

    private static Task WriteAsync(HttpContext context, byte[] bytes, string type)
    {
        context.Response.ContentType = $"{type}; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
