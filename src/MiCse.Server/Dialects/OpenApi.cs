using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Dialects;

/// <summary>The OpenAPI document of all dialects.</summary>
internal static class OpenApi
{
    private static readonly Lazy<byte[]> s_document = new(() =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>The document.</summary>
    public static ReadOnlyMemory<byte> Document => s_document.Value;

    /// <summary>Answers with it.</summary>
    public static async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Document, context.RequestAborted).ConfigureAwait(false);
    }
}
