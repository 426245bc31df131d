// What an assistant does with `micse mcp`: it starts the program, asks which tools there are, and calls them.
//   dotnet run --project examples/McpTools                 with the tool micse installed
//   dotnet run --project examples/McpTools -- ./micse      with the one of a clone
using ModelContextProtocol.Client;

var transport = new StdioClientTransport(new StdioClientTransportOptions { Name = "micse", Command = args.FirstOrDefault() ?? "micse", Arguments = [.. args.Skip(1), "mcp"] });
await using var client = await McpClient.CreateAsync(transport, new McpClientOptions { InitializationTimeout = TimeSpan.FromMinutes(5) });
foreach (var tool in (await client.ListToolsAsync()).OrderBy(tool => tool.Name))
{
    Console.WriteLine($"{tool.Name}: {tool.Description}");
}

string[] others = ["The stock market fell.", "Someone plays an instrument."];
var answer = await client.CallToolAsync("similarity", new Dictionary<string, object?>
{
    ["text"] = "A man is playing a guitar.",
    ["others"] = others,
});
foreach (var scored in answer.StructuredContent!.Value.GetProperty("scores").EnumerateArray())
{
    Console.WriteLine($"{scored.GetProperty("score").GetDouble(),7:0.0000}  {scored.GetProperty("text").GetString()}");
}
