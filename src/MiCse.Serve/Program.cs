using System.CommandLine;
using System.Runtime.InteropServices;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Serve;

using var stop = new CancellationTokenSource();

// The first Ctrl-C or polite kill lets requests end; a second one ends the process at once.
void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var options = new ServeOptions();
var root = new RootCommand("Serves embeddings over HTTP.");
foreach (var option in options.Groups.SelectMany(group => group.Options))
{
    root.Add(option);
}

// `micse` passes its own on.
root.Add(new Option<bool>("--verbose"));
root.Add(new Option<bool>("--quiet", "-q"));
var checksHealth = new Option<bool>("--check-health") { Description = "Ask the server on this machine whether it lives, for health checks of containers: exit code 0 or 1." };
root.Add(checksHealth);
root.SetAction(async (parsed, _) =>
{
    try
    {
        if (parsed.GetValue(checksHealth))
        {
            return await HealthCheck.RunAsync(parsed.GetRequiredValue(options.Port), stop.Token).ConfigureAwait(false);
        }

        return await ServeHost.RunAsync(parsed, options, stop.Token).ConfigureAwait(false);
    }
    catch (Exception failure) when (failure is ServeFailure or IOException or ArgumentException or UnauthorizedAccessException or MiCse.Files.DataFormatException or MiCse.Files.ModelFormatException)
    {
        await Console.Error.WriteLineAsync($"micse: {failure.Message}").ConfigureAwait(false);
        return failure is ArgumentException ? ExitCode.WrongUsage : ExitCode.Failed;
    }
});

var arguments = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
foreach (var error in arguments.Errors)
{
    await Console.Error.WriteLineAsync($"micse serve: {error.Message}").ConfigureAwait(false);
}

return arguments.Errors.Count > 0 ? ExitCode.WrongUsage : await arguments.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
