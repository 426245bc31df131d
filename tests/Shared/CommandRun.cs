using System.Text;
using System.Text.Json;
using MiCse.Cli;
using MiCse.Cli.Terminal;

namespace MiCse.Tests;

/// <summary>One call of the command line in this process, and what came of it.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as one JSON document.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Standard output as one JSON document a line.</summary>
    public IReadOnlyList<JsonElement> JsonLines => [.. Lines(Output).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The lines of the error stream.</summary>
    public IReadOnlyList<string> ErrorLines => Lines(Error);

    /// <summary>Runs a command line.</summary>
    public static CommandRun Of(params string[] arguments) => With("", CancellationToken.None, arguments);

    /// <summary>Runs a command line with something on standard input.</summary>
    public static CommandRun With(string input, CancellationToken cancellation, params string[] arguments) =>
        Within(Offline, input, arguments, cancellation);

    /// <summary>Runs a command line with environment variables.</summary>
    public static CommandRun Within(Func<string, string?> variable, params string[] arguments) => Within(variable, "", arguments, CancellationToken.None);

    private static CommandRun Within(Func<string, string?> variable, string input, string[] arguments, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var streams = new StandardStreams(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error)
        {
            Variable = variable,
            Time = new StoppedTime(),
        };
        var exitCode = MiCseCommandLine.Run(arguments, streams, cancellation);
        return new CommandRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    // No test leaves this machine.
    private static string? Offline(string name) => name == "HF_HUB_OFFLINE" ? "1" : null;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // No command is so slow on a busy machine that it reports progress where a test expects nothing.
    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
