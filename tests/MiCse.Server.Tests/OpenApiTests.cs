using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MiCse.Server.Dialects.Cohere;
using MiCse.Server.Dialects.Ollama;
using MiCse.Server.Dialects.OpenAi;
using MiCse.Server.Dialects.Own;
using MiCse.Server.Dialects.Tei;
using Microsoft.AspNetCore.Routing;

namespace MiCse.Server.Tests;

public sealed class OpenApiTests(SharedServer shared)
{
    [Fact]
    public async Task The_document_has_exactly_the_routes_that_there_are_each_once()
    {
        var document = (await shared.Run.GetAsync("/openapi.json")).Require(HttpStatusCode.OK).Json;

        var described = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var mapped = shared.Run.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/docs", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText.StartsWith("/page", StringComparison.Ordinal)
                && !endpoint.RoutePattern.RawText.StartsWith("/view/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD")
                .Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace("{**id}", "{id}", StringComparison.Ordinal)}"));
        Assert.Contains(shared.Run.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>(), endpoint => endpoint.RoutePattern.RawText == "/embeddings");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Equal((await shared.Run.GetAsync("/api-doc/openapi.json")).Text, (await shared.Run.GetAsync("/openapi.json")).Text);
    }

    [Fact]
    public async Task The_document_has_the_fields_of_every_message()
    {
        var schemas = (await shared.Run.GetAsync("/openapi.json")).Json.GetProperty("components").GetProperty("schemas");

        JsonSerializerContext[] contexts = [TeiJson.Default, OpenAiJson.Default, OllamaJson.Default, CohereJson.Default, OwnJson.Default];
        var messages = contexts.SelectMany(context => context.GetType().GetProperties().Select(property => property.PropertyType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(JsonTypeInfo<>)).Select(type => context.GetTypeInfo(type.GetGenericArguments()[0])!))
            .Where(info => info.Kind == JsonTypeInfoKind.Object && schemas.TryGetProperty(info.Type.Name, out _)).ToList();
        Assert.True(messages.Count > 15, $"{messages.Count} messages");
        Assert.All(messages, info => Assert.Equal(
            info.Properties.Select(property => property.Name).Order(StringComparer.Ordinal),
            schemas.GetProperty(info.Type.Name).GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_every_example_is_taken()
    {
        var document = (await shared.Run.GetAsync("/openapi.json")).Json;
        var schemas = document.GetProperty("components").GetProperty("schemas");
        foreach (var reference in References(document))
        {
            Assert.True(schemas.TryGetProperty(reference["#/components/schemas/".Length..], out _), reference);
        }

        foreach (var path in document.GetProperty("paths").EnumerateObject().Where(path => path.Name is not ("/search" or "/index/{name}")))
        {
            if (path.Value.TryGetProperty("post", out var post) && post.TryGetProperty("requestBody", out var body))
            {
                var example = body.GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();
                (await shared.Run.PostAsync(path.Name, example)).Require(HttpStatusCode.OK);
            }
        }
    }

    [Fact]
    public async Task The_document_has_the_refusals_of_every_route()
    {
        var document = (await shared.Run.GetAsync("/openapi.json")).Json;

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject())
            {
                var isOpen = method.Value.TryGetProperty("security", out _);
                var hasBody = method.Value.TryGetProperty("requestBody", out _);
                string[] expected = ["403", .. isOpen ? Array.Empty<string>() : ["401", "429"], .. hasBody ? ["200", "400", "408", "413", "415", "503"] : Array.Empty<string>()];
                var described = method.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToList();
                Assert.True(!expected.Except(described).Any(), $"{path.Name}: {string.Join(", ", expected.Except(described))}");
            }
        }
    }

    [Theory]
    [InlineData("/rerank", "TeiError")]
    [InlineData("/v1/embeddings", "OpenAiError")]
    [InlineData("/api/generate", "OllamaError")]
    [InlineData("/v2/embed", "CohereError")]
    [InlineData("/explain", "ProblemAnswer")]
    public async Task A_refusal_has_the_status_the_type_and_the_form_that_the_document_says(string route, string schema)
    {
        var document = (await shared.Run.GetAsync("/openapi.json")).Json;

        var answer = await shared.Run.PostAsync(route, "{}");

        var content = Assert.Single(document.GetProperty("paths").GetProperty(route).GetProperty("post").GetProperty("responses").GetProperty($"{(int)answer.Status}").GetProperty("content").EnumerateObject());
        Assert.Equal((content.Name, $"#/components/schemas/{schema}"), (answer.Headers["Content-Type"], content.Value.GetProperty("schema").GetProperty("$ref").GetString()));
        var required = document.GetProperty("components").GetProperty("schemas").GetProperty(schema).TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()) : [];
        Assert.Empty(required.Except(answer.Json.EnumerateObject().Select(property => property.Name)));
    }

    [Fact]
    public async Task The_documentation_page_asks_for_nothing_from_elsewhere()
    {
        var page = (await shared.Run.GetAsync("/docs/")).Require(HttpStatusCode.OK).Text;

        Assert.Contains("openapi.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("//cdn", page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
