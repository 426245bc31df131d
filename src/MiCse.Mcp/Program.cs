using System.CommandLine;
using System.Runtime.InteropServices;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Mcp;

using var stop = new CancellationTokenSource();

void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var options = new McpOptions();
var root = new RootCommand("Gives embeddings to assistants as tools.");
foreach (var option in options.Groups.SelectMany(group => group.Options))
{
    root.Add(option);
}

// `micse` passes its own on.
root.Add(new Option<bool>("--verbose"));
root.Add(new Option<bool>("--quiet", "-q"));
root.SetAction(async (parsed, _) =>
{
    try
    {
        await ToolServer.RunAsync(parsed, options, Console.OpenStandardInput(), Console.OpenStandardOutput(), stop.Token).ConfigureAwait(false);
        return ExitCode.Done;
    }
    catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException or MiCse.Files.DataFormatException or MiCse.Files.ModelFormatException or MiCse.Hub.HubException)
    {
        await Console.Error.WriteLineAsync($"micse: {failure.Message}").ConfigureAwait(false);
        return failure is ArgumentException ? ExitCode.WrongUsage : ExitCode.Failed;
    }
});

var arguments = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
foreach (var error in arguments.Errors)
{
    await Console.Error.WriteLineAsync($"micse mcp: {error.Message}").ConfigureAwait(false);
}

return arguments.Errors.Count > 0 ? ExitCode.WrongUsage : await arguments.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
