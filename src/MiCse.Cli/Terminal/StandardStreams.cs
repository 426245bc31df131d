using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MiCse.Cli.Terminal;

/// <summary>Where a command reads from and writes to: results go to the output, everything else to the error stream.</summary>
internal sealed class StandardStreams
{
    private const string ClosedOutput = "standard output: is closed; send it to a file, or to /dev/null where nothing is to be kept.";

    /// <summary>Puts streams together.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    public StandardStreams(Stream input, Stream output, TextWriter error)
        : this(input, new StreamWriter(output, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" }, output, error)
    {
    }

    private StandardStreams(Stream input, TextWriter output, Stream outputBytes, TextWriter error)
    {
        Input = input;
        Output = output;
        OutputBytes = outputBytes;
        ErrorTerminal = error;
        Failures = Error = new VisibleTextWriter(error);
    }

    /// <summary>Standard input.</summary>
    public Stream Input { get; }

    /// <summary>Standard output as bytes, for writers that bring their own encoding; flush <see cref="Output"/> before using it.</summary>
    public Stream OutputBytes { get; }

    /// <summary>Standard output as UTF-8 text with LF line ends; buffered, flushed when the command ends. Texts of users go through <see cref="VisibleText"/> first.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error, for messages: control characters in them are shown as escapes.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard error, for the one sentence of a command that fails: also where <see cref="Error"/> leads nowhere because the command is to be quiet.</summary>
    public TextWriter Failures { get; private init; }

    /// <summary>Standard error, for a progress bar, which moves the cursor.</summary>
    public TextWriter ErrorTerminal { get; }

    /// <summary>Whether people watch the error stream, so that a progress bar can be drawn there.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether people watch the output.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether the caller has closed the output, so that a command whose result goes there would work in vain.</summary>
    public bool OutputIsClosed { get; init; }

    /// <summary>The value of an environment variable, or null.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Whether the command is cancelled by a scheduler, which starts it again later, and not by a person.</summary>
    public Func<bool> IsToRunAgain { get; init; } = () => false;

    /// <summary>The clock of progress reports.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The streams of this process.</summary>
    /// <param name="isToRunAgain"><see cref="IsToRunAgain"/>.</param>
    /// <param name="cancellationToken">Ends a command that waits for input.</param>
    public static StandardStreams OfProcess(Func<bool> isToRunAgain, CancellationToken cancellationToken)
    {
        var error = StandardHandle.IsOpen(StandardHandle.Error);
        return new StandardStreams(OpenInput(cancellationToken), OpenOutput(), error ? Console.Error : TextWriter.Null)
        {
            IsToRunAgain = isToRunAgain,
            ErrorIsTerminal = error && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            OutputIsTerminal = StandardHandle.IsOpen(StandardHandle.Output) && !Console.IsOutputRedirected,
            OutputIsClosed = !StandardHandle.IsOpen(StandardHandle.Output),
        };
    }

    /// <summary>The same streams for a command that is to say nothing but its results, and why it fails.</summary>
    public StandardStreams WithoutRemarks() => new(Input, Output, OutputBytes, TextWriter.Null)
    {
        Failures = Failures,
        IsToRunAgain = IsToRunAgain,
        OutputIsTerminal = OutputIsTerminal,
        OutputIsClosed = OutputIsClosed,
        Variable = Variable,
        Time = Time,
    };

    /// <summary>Streams that lead nowhere, for a process that another one speaks for.</summary>
    public StandardStreams Silent() => new(Stream.Null, Stream.Null, TextWriter.Null) { Variable = Variable, IsToRunAgain = IsToRunAgain, Time = Time };

    /// <summary>Refuses to start work whose result has nowhere to go.</summary>
    /// <exception cref="IOException">The output is closed.</exception>
    public void RequireOutput()
    {
        if (OutputIsClosed)
        {
            throw new IOException(ClosedOutput);
        }
    }

    private static Stream OpenInput(CancellationToken cancellationToken) => StandardHandle.IsOpen(StandardHandle.Input)
        ? new InterruptibleInput(Console.OpenStandardInput(), cancellationToken)
        : new ClosedStream("standard input: is closed; name a file, or send the texts through a pipe.");

    // Console's own stream swallows "broken pipe", and a command whose reader has gone would work on in vain. A regular file
    // is left to it: a second stream on the same handle would not share the position with the programs that write after this one.
    private static Stream OpenOutput()
    {
        if (!StandardHandle.IsOpen(StandardHandle.Output))
        {
            return new ClosedStream(ClosedOutput);
        }

        if (OperatingSystem.IsWindows())
        {
            return new StandardOutput(Console.OpenStandardOutput());
        }

        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new StandardOutput(output.CanSeek ? Console.OpenStandardOutput() : output);
    }
}
