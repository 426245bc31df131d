using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Dialects.Own;

/// <summary>What <c>GET /</c> answers: the clients of Ollama look for its sentence.</summary>
internal static class RootPage
{
    private const string Running = "Ollama is running";

    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = Running.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(Running, context.RequestAborted);
    }
}
