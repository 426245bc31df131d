using System.CommandLine;
using System.Runtime.InteropServices;

namespace MiCse.Cli.Terminal;

/// <summary>The main program of the programs beside the command line (<c>CompanionProgram</c>), which compile this file: options in, exit code out, one sentence where it fails.</summary>
/// <param name="command">What a user types, for messages: <c>micse serve</c>.</param>
/// <param name="description">What it does.</param>
internal sealed class CompanionMain(string command, string description)
{
    private readonly RootCommand _root = new(description)
    {
        // `micse` passes its own on.
        new Option<bool>("--verbose"), new Option<bool>("--quiet", "-q"),
    };

    /// <summary>Adds options.</summary>
    public CompanionMain With(IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            _root.Add(option);
        }

        return this;
    }

    /// <summary>Runs it. The first Ctrl-C or polite kill stops the work; a second one ends the process at once.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="isExpected">Whether an exception is a failure that its message explains.</param>
    /// <param name="run">The work.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(string[] arguments, Func<Exception, bool> isExpected, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        _root.SetAction(async (parsed, _) =>
        {
            try
            {
                return await run(parsed, stop.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException or MiCse.Files.DataFormatException or MiCse.Files.ModelFormatException || isExpected(failure))
            {
                await Console.Error.WriteLineAsync($"micse: {failure.Message}").ConfigureAwait(false);
                return failure is ArgumentException ? ExitCode.WrongUsage : ExitCode.Failed;
            }
        });
        var given = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        foreach (var error in given.Errors)
        {
            await Console.Error.WriteLineAsync($"{command}: {error.Message}").ConfigureAwait(false);
        }

        if (given.Errors.Count > 0)
        {
            return ExitCode.WrongUsage;
        }

        return await given.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }
}
