using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace MiCse.Server.Page;

/// <summary>The page of Scalar that shows the OpenAPI document.</summary>
internal static class DocumentationPage
{
    // Whatever its script would like to do, nothing comes from elsewhere. Script and styles of the page itself are in the page.
    private const string Policy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds its routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="open">Makes each of them one of the server's.</param>
    public static void Map(IEndpointRouteBuilder routes, Action<EndpointBuilder> open)
    {
        var pages = routes.MapScalarApiReference("/docs", options =>
        {
            options.OpenApiRoutePattern = "/openapi.json";
            options.Title = "micse serve";
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.ProxyUrl = null;

            // Buttons that would send the description of the routes elsewhere.
            options.HideClientButton = true;
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.Agent = new ScalarAgentOptions { Disabled = true };
            options.Mcp = new ScalarMcpOptions { Disabled = true };
        });
        pages.Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                context.Response.Headers.ContentSecurityPolicy = Policy;
                context.Response.Headers.XContentTypeOptions = "nosniff";
                return answer(context);
            };
            open(endpoint);
        });
    }
}
