namespace MiCse.Integrations.Tests;

/// <summary>The programs under examples/ that use other frameworks, as processes of their own.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task SemanticKernelSearch_finds_the_page_that_answers()
    {
        var lines = await Run("SemanticKernelSearch");
        Assert.Equal(9, lines.Length);
        Assert.StartsWith("Refunds: Within thirty days", lines[1], StringComparison.Ordinal);
        Assert.Contains(lines[4..6], line => line.StartsWith("Crashes: ", StringComparison.Ordinal));
        Assert.Contains(lines[7..], line => line.StartsWith("Devices: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AgentMemory_remembers_what_another_conversation_said() => Assert.Equal(
        ["Which food must I not eat?", "You told me: I am allergic to peanuts.", "Where does my family live?", "You told me: My sister lives in Oslo."],
        await Run("AgentMemory"));

    [Fact]
    public async Task McpTools_lists_the_tools_and_calls_one()
    {
        var lines = await Run("McpTools", "dotnet", Programs.Path("MiCse.Cli"));
        Assert.Equal(["embed", "search", "similarity"], lines[..3].Select(line => line.Split(':')[0]));
        Assert.EndsWith("Someone plays an instrument.", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("The stock market fell.", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AspireApp_starts_a_server_and_asks_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "Aspire's orchestrator is fetched for this system when the example is built here; it is tried on Linux alone.");
        var command = Path.Combine(Programs.Folder("MiCse.Cli"), "MiCse.Cli");
        Assert.Contains("Healthy: 2 vectors of 384 numbers, 16 tokens", await Run("AspireApp", "--once", "--micse", command));
    }

    private static async Task<string[]> Run(string name, params string[] arguments)
    {
        var run = await ChildProcess.RunAsync(name, null, [], arguments);
        Assert.True(run.ExitCode == 0, $"{name} ended with {run.ExitCode}: {run.Output}{run.Error}");
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
