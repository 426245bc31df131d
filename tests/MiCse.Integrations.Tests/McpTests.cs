using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace MiCse.Integrations.Tests;

/// <summary><c>micse mcp</c> as the official client sees it.</summary>
public sealed class McpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcp-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_assistant_finds_three_tools_and_what_they_take()
    {
        await using var client = await Connect();
        Assert.Equal("micse", client.ServerInfo!.Name);
        Assert.Contains("similarity orders texts", client.ServerInstructions!, StringComparison.Ordinal);
        var tools = await client.ListToolsAsync(cancellationToken: Token);

        Assert.Equal(["embed", "search", "similarity"], tools.Select(tool => tool.Name).Order());
        Assert.All(tools, tool => Assert.True(tool.ProtocolTool.Annotations!.ReadOnlyHint));
        Assert.All(tools, tool => Assert.NotNull(tool.ProtocolTool.OutputSchema));
        var search = tools.Single(tool => tool.Name == "search").JsonSchema;
        Assert.Equal(["query"], search.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("in any words", search.GetProperty("properties").GetProperty("query").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tools_give_what_the_encoder_gives()
    {
        using var encoder = SentenceEncoder.Load(ModelSource.BuiltIn);
        string[] texts = ["A man is playing a guitar.", "The stock market fell.", "Someone plays an instrument."];
        await using var client = await Connect();

        var embedded = await Call(client, "embed", new() { ["texts"] = texts });
        Assert.Equal(384, embedded.GetProperty("dimensions").GetInt32());
        Assert.Equal(ModelSource.BuiltIn, embedded.GetProperty("model").GetString());
        Assert.Equal(texts.Select(text => encoder.Encode(text)), embedded.GetProperty("vectors").Deserialize<float[][]>());
        Assert.Empty(embedded.GetProperty("truncated").EnumerateArray());
        var cut = await Call(client, "embed", new() { ["texts"] = new[] { "short", string.Join(' ', Enumerable.Repeat("long", 2000)) } });
        Assert.Equal(1, Assert.Single(cut.GetProperty("truncated").EnumerateArray()).GetInt32());
        var scaled = (await Call(client, "embed", new() { ["texts"] = texts, ["normalize"] = true })).GetProperty("vectors").Deserialize<float[][]>()!;
        Assert.All(scaled, vector => Assert.Equal(1, Math.Sqrt(vector.Sum(value => (double)value * value)), 6));

        var compared = await Call(client, "similarity", new() { ["text"] = texts[0], ["others"] = texts[1..] });
        Assert.Equal("cosine", compared.GetProperty("measure").GetString());
        var scores = compared.GetProperty("scores").EnumerateArray().ToList();
        Assert.Equal([texts[2], texts[1]], scores.Select(scored => scored.GetProperty("text").GetString()));
        Assert.Equal([1, 0], scores.Select(scored => scored.GetProperty("index").GetInt32()));
        Assert.Equal(encoder.Similarity(texts[0], texts[2]), scores[0].GetProperty("score").GetDouble(), 6);
    }

    [Fact]
    public async Task Search_finds_what_is_in_an_index_and_what_is_added_meanwhile()
    {
        var index = await Index("tickets", "I cannot log in.", "The parcel did not arrive.");
        await using var client = await Connect("--index", $"tickets={index}");
        Assert.EndsWith("The indexes: tickets.", (await client.ListToolsAsync(cancellationToken: Token)).Single(tool => tool.Name == "search").Description, StringComparison.Ordinal);

        var found = await Call(client, "search", new() { ["query"] = "forgotten password", ["top"] = 1 });
        Assert.Equal("tickets", found.GetProperty("index").GetString());
        Assert.Equal("I cannot log in.", Assert.Single(found.GetProperty("found").EnumerateArray()).GetProperty("text").GetString());
        File.WriteAllText(Path.Combine(_folder.FullName, "more.txt"), "I forgot my password.\n");
        Assert.Equal(0, (await ChildProcess.RunAsync("MiCse.Cli", _folder.FullName, [], "index", "add", "tickets", "more.txt")).ExitCode);
        found = await Call(client, "search", new() { ["query"] = "forgotten password", ["index"] = "tickets" });
        Assert.Equal(3, found.GetProperty("found").GetArrayLength());
        Assert.Equal("I forgot my password.", found.GetProperty("found")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_an_assistant_does_wrong_is_one_sentence_that_says_what_to_do()
    {
        await using var client = await Connect("--max-texts", "2");
        Assert.EndsWith("texts is empty; give at least one text.", await Refused(client, "embed", new() { ["texts"] = Array.Empty<string>() }), StringComparison.Ordinal);
        Assert.Contains("texts has 3 texts, and a call may have 2;", await Refused(client, "embed", new() { ["texts"] = new[] { "a", "b", "c" } }), StringComparison.Ordinal);
        Assert.Contains("There is no index to search in", await Refused(client, "search", new() { ["query"] = "a" }), StringComparison.Ordinal);
        Assert.EndsWith("top is 0; expected is a number from 1 to 100.", await Refused(client, "search", new() { ["query"] = "a", ["top"] = 0 }), StringComparison.Ordinal);

        await using var two = await Connect("--index", $"a={await Index("one", "x")}", "--index", $"b={await Index("two", "y")}");
        Assert.EndsWith("index is missing; the indexes are a, b.", await Refused(two, "search", new() { ["query"] = "a" }), StringComparison.Ordinal);
        Assert.EndsWith("index is 'c'; the indexes are a, b.", await Refused(two, "search", new() { ["query"] = "a", ["index"] = "c" }), StringComparison.Ordinal);
        Assert.Equal("b", (await Call(two, "search", new() { ["query"] = "a", ["index"] = "b" })).GetProperty("index").GetString());
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why_and_ends()
    {
        var model = await Ended("--model", "no/such/folder/here");
        Assert.Equal((1, ""), (model.ExitCode, model.Output));
        Assert.StartsWith("micse: ", Assert.Single(model.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        var index = await Ended("--index", "missing");
        Assert.Equal(1, index.ExitCode);
        Assert.Contains("missing", index.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Ended("--index", "a=x", "--index", "a=y")).ExitCode);
        Assert.Equal(2, (await Ended("--max-texts", "0")).ExitCode);
        Assert.Equal(2, (await Ended("--precision", "fp16")).ExitCode); // computed on a GPU alone, and there is no --device

        // A client keeps the input open.
        async Task<ChildProcess> Ended(params string[] options)
        {
            using var process = ChildProcess.Start("MiCse.Cli", _folder.FullName, [], ["mcp", .. options]);
            var output = process.StandardOutput.ReadToEndAsync(Token);
            var error = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            return new ChildProcess(process.ExitCode, await output, error);
        }
    }

    [Fact]
    public async Task The_end_of_the_input_ends_the_server() =>
        Assert.Equal(0, (await ChildProcess.RunAsync("MiCse.Cli", null, [], "mcp")).ExitCode);

    [Fact]
    public async Task What_was_asked_before_the_input_ended_is_answered()
    {
        using var process = ChildProcess.Start("MiCse.Cli", null, [], "mcp");
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = process.StandardError.ReadToEndAsync(Token);
        await process.StandardInput.WriteAsync(
            """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
            {"jsonrpc":"2.0","method":"notifications/initialized"}
            {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}
            {"jsonrpc":"2.0","id":2,"method":"tools/list"}
            {"jsonrpc":"2.0","id":"three","method":"tools/call","params":{"name":"similarity","arguments":{"text":"a guitar","others":["an instrument"]}}}
            """); // without a line feed at the end
        process.StandardInput.Close();
        await process.WaitForExitAsync(Token);

        Assert.Equal((0, ""), (process.ExitCode, await error));
        var answers = (await output).TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["1", "2", "three"], answers.Select(answer => answer.GetProperty("id").ToString()).Order());
        Assert.All(answers, answer => Assert.True(answer.TryGetProperty("result", out _)));
    }

    [Fact]
    public async Task An_argument_that_is_missing_unknown_or_of_another_type_is_named()
    {
        await using var client = await Connect();
        Assert.Contains("others is missing; similarity takes text, others.", await Refused(client, "similarity", new() { ["text"] = "a" }), StringComparison.Ordinal);
        Assert.Contains("query is missing; search takes query, index, top.", await Refused(client, "search", []), StringComparison.Ordinal);
        Assert.Contains("""texts is "a"; expected is array of string.""", await Refused(client, "embed", new() { ["texts"] = "a" }), StringComparison.Ordinal);
        Assert.Contains("text is no argument of embed, which takes texts, normalize.", await Refused(client, "embed", new() { ["texts"] = new[] { "a" }, ["text"] = "b" }), StringComparison.Ordinal);
        Assert.Contains("top is 1.5; expected is integer.", await Refused(client, "search", new() { ["query"] = "a", ["top"] = 1.5 }), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> Call(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var answer = await client.CallToolAsync(tool, arguments, cancellationToken: Token);
        Assert.NotEqual(true, answer.IsError);
        return answer.StructuredContent!.Value;
    }

    private static async Task<string> Refused(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var answer = await client.CallToolAsync(tool, arguments, cancellationToken: Token);
        Assert.True(answer.IsError);
        return Assert.IsType<TextContentBlock>(Assert.Single(answer.Content)).Text;
    }

    private static async Task<McpClient> Connect(params string[] options) => await McpClient.CreateAsync(
        new StdioClientTransport(new StdioClientTransportOptions { Name = "micse", Command = "dotnet", Arguments = [Programs.Path("MiCse.Cli"), "mcp", .. options] }),
        new McpClientOptions { InitializationTimeout = TimeSpan.FromMinutes(10) }, // nothing here depends on speed
        cancellationToken: Token);

    private async Task<string> Index(string name, params string[] texts)
    {
        File.WriteAllLines(Path.Combine(_folder.FullName, $"{name}.txt"), texts);
        var run = await ChildProcess.RunAsync("MiCse.Cli", _folder.FullName, [], "index", $"{name}.txt", "-o", name);
        Assert.True(run.ExitCode == 0, run.Error);
        return Path.Combine(_folder.FullName, name);
    }
}
