using System.Diagnostics.CodeAnalysis;

namespace MiCse.Cli.Terminal;

/// <summary>What signals ask of the command that runs. Nobody catches what the handler of a signal throws, so that it would end the process in the middle of its cleaning up: a request never fails.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A signal may come while the command ends, after everything that is disposed of.")]
internal sealed class StopRequest
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Cancelled by the first request.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether a scheduler asked, which starts the command again later.</summary>
    public bool IsToRunAgain { get; private set; }

    /// <summary>Asks the command to stop.</summary>
    /// <param name="runAgain"><see cref="IsToRunAgain"/>.</param>
    public void Make(bool runAgain = false)
    {
        IsToRunAgain |= runAgain;
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // What a library does to stop its work can meet what that has given up already: Npgsql its connection, in the middle of a COPY. The command is stopped all the same, and says itself how it ended.
        }
    }
}
