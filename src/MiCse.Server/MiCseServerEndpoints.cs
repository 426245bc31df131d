using MiCse.Server.Dialects;
using MiCse.Server.Dialects.Cohere;
using MiCse.Server.Dialects.Ollama;
using MiCse.Server.Dialects.OpenAi;
using MiCse.Server.Dialects.Own;
using MiCse.Server.Dialects.Tei;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace MiCse.Server;

/// <summary>The routes of an embedding server.</summary>
public static class MiCseServerEndpoints
{
    private static readonly Dialect[] s_dialects = [new TeiDialect(), new OpenAiDialect(), new OllamaDialect(), new CohereDialect(), new OwnDialect()];

    /// <summary>Adds the routes of OpenAI, text-embeddings-inference, Ollama, Cohere and our own, for <see cref="MiCseServerServices.AddMiCseServer"/>.</summary>
    /// <param name="routes">The application, or a group of its routes.</param>
    /// <returns>Takes conventions for all routes.</returns>
    public static IEndpointConventionBuilder MapMiCse(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("");
        foreach (var dialect in s_dialects)
        {
            dialect.Map(group);
        }

        return group;
    }
}
