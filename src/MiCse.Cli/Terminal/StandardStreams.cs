using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiCse.Cli.Terminal;

/// <summary>Where a command reads from and writes to: results go to the output, everything else to the error stream.</summary>
internal sealed class StandardStreams(Stream input, Stream output, TextWriter error)
{
    /// <summary>Standard input.</summary>
    public Stream Input { get; } = input;

    /// <summary>Standard output as bytes, for writers that bring their own encoding; flush <see cref="Output"/> before using it.</summary>
    public Stream OutputBytes { get; } = output;

    /// <summary>Standard output as UTF-8 text with LF line ends; buffered, flushed when the command ends.</summary>
    public TextWriter Output { get; } = new StreamWriter(output, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Whether people watch the error stream, so that a progress bar can be drawn there.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether people watch the output.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>The value of an environment variable, or null.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The clock of progress reports.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The streams of this process.</summary>
    /// <param name="cancellationToken">Ends a command that waits for input.</param>
    public static StandardStreams OfProcess(CancellationToken cancellationToken) =>
        new(new InterruptibleInput(Console.OpenStandardInput(), cancellationToken), OpenOutput(), Console.Error)
        {
            ErrorIsTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            OutputIsTerminal = !Console.IsOutputRedirected,
        };

    // Console's own stream swallows "broken pipe", and a command whose reader has gone would work on in vain. A regular file
    // is left to it: a second stream on the same handle would not share the position with the programs that write after this one.
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
