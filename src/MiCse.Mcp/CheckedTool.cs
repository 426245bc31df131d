using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace MiCse.Mcp;

/// <summary>A tool that names the argument which is missing, unknown or of another type, where the library says no more than that the call failed.</summary>
/// <param name="tool">The tool.</param>
internal sealed class CheckedTool(McpServerTool tool) : DelegatingMcpServerTool(tool)
{
    public override ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var given = request.Params?.Arguments ?? new Dictionary<string, JsonElement>();
        var schema = ProtocolTool.InputSchema;
        var properties = schema.GetProperty("properties");
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray())
            {
                if (!given.TryGetValue(name.GetString()!, out var value) || value.ValueKind == JsonValueKind.Null)
                {
                    throw new McpException($"{name.GetString()} is missing; {ProtocolTool.Name} takes {Names(properties)}.");
                }
            }
        }

        foreach (var (name, value) in given.ToArray())
        {
            if (value.ValueKind == JsonValueKind.Null)
            {
                given.Remove(name); // as if it were not given
                continue;
            }

            if (!properties.TryGetProperty(name, out var property))
            {
                throw new McpException($"{name} is no argument of {ProtocolTool.Name}, which takes {Names(properties)}.");
            }

            if (!IsOf(property, value))
            {
                throw new McpException($"{name} is {Shortened(value)}; expected is {Expected(property)}.");
            }
        }

        return base.InvokeAsync(request, cancellationToken);
    }

    private static string Names(JsonElement properties) => string.Join(", ", properties.EnumerateObject().Select(property => property.Name));

    private static bool IsOf(JsonElement schema, JsonElement value)
    {
        var types = Types(schema);
        return (types.Length == 0 || types.Contains(TypeOf(value)) || (types.Contains("number") && value.ValueKind == JsonValueKind.Number))
            && (value.ValueKind != JsonValueKind.Array || !schema.TryGetProperty("items", out var items) || value.EnumerateArray().All(item => IsOf(items, item)));
    }

    private static string Expected(JsonElement schema) =>
        string.Join(" or ", Types(schema).Where(type => type != "null")) + (schema.TryGetProperty("items", out var items) ? $" of {Expected(items)}" : "");

    private static string[] Types(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(each => each.GetString()!)]
        : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string Shortened(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? $"{text[..60]}…" : value.GetRawText();
}
