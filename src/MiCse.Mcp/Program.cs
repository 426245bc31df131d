using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Mcp;

var options = new McpOptions();
return await new CompanionMain("micse mcp", "Gives embeddings to assistants as tools.")
    .With(options.Groups.SelectMany(group => group.Options))
    .RunAsync(args, failure => failure is MiCse.Hub.HubException, async (parsed, stop) =>
    {
        await ToolServer.RunAsync(parsed, options, Console.OpenStandardInput(), Console.OpenStandardOutput(), stop).ConfigureAwait(false);
        return ExitCode.Done;
    }).ConfigureAwait(false);
