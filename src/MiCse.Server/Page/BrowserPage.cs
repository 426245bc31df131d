using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using MiCse.Server.Configuration;
using MiCse.Views.Explanation;
using MiCse.Views.Map;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Page;

/// <summary>
/// What <c>GET /</c> answers: a page to browsers, and to programs the sentence that the clients of Ollama look for. The page shows maps and explanations in frames
/// whose documents are those that the command line writes.
/// </summary>
internal static class BrowserPage
{
    private const string Running = "Ollama is running";

    // Nothing comes from elsewhere, and no other site shows the page in a frame. The styles of cells are attributes.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The files of the page, by their routes.</summary>
    public static IEnumerable<(string Route, Func<HttpContext, Task> Answer)> Files =>
    [
        ("/page.css", context => WriteAsync(context, "page.css", "text/css")),
        ("/page.js", context => WriteAsync(context, "page.js", "text/javascript")),
        ("/page-views.js", context => WriteAsync(context, "page-views.js", "text/javascript")),
        ("/view/map", context => WriteViewAsync(context, MapPage.WriteEmpty, MapPage.Scripts)),
        ("/view/explain", context => WriteViewAsync(context, ExplanationPage.WriteEmpty, [ExplanationPage.Script])),
    ];

    /// <summary>Answers.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        return context.RequestServices.GetRequiredService<MiCseServerOptions>().Page && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? WriteAsync(context, "page.html", "text/html")
            : WriteAsync(context, Encoding.ASCII.GetBytes(Running), "text/plain", Policy);
    }

    private static async Task WriteAsync(HttpContext context, string file, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        await WriteAsync(context, bytes, type, Policy).ConfigureAwait(false);
    }

    private static Task WriteViewAsync(HttpContext context, Action<Stream> write, IEnumerable<string> scripts)
    {
        using var stream = new MemoryStream();
        write(stream);
        var hashes = string.Join(' ', scripts.Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"));
        return WriteAsync(
            context, stream.ToArray(), "text/html", $"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    }

    private static Task WriteAsync(HttpContext context, byte[] bytes, string type, string policy)
    {
        context.Response.Headers.ContentSecurityPolicy = policy;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.ContentType = $"{type}; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
