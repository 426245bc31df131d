using System.Text;
using System.Text.Json;
using MiCse.Cli;

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
    public static CommandRun With(string input, CancellationToken cancellation, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var streams = new StandardStreams(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error);
        var exitCode = CommandLine.Run(arguments, streams, cancellation);
        return new CommandRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
