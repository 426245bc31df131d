using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Training.Distributed;

namespace MiCse.Cli.Options;

/// <summary>The processes that share a command, of which the first one alone speaks. Disposing it ends the connection, in order.</summary>
/// <param name="collective">How they talk; null for a process by itself.</param>
/// <param name="streams">The streams of this process.</param>
/// <param name="arguments">The command line.</param>
internal sealed class Ranks(ICollective? collective, StandardStreams streams, ParseResult arguments) : IDisposable
{
    private readonly bool _verbose = arguments.GetValue<bool>("--verbose");

    /// <summary>How they talk; null for a process by itself.</summary>
    public ICollective? Collective => collective;

    /// <summary>Where the command writes: nowhere, unless it is the first process.</summary>
    public StandardStreams Streams { get; } = collective is null or { Rank: 0 } ? streams : streams.Silent();

    /// <summary>Runs the command. All processes return the same exit code, after the first one has said what there is to say.</summary>
    /// <param name="command">The command, on <see cref="Streams"/>.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public int Run(Func<int> command, CancellationToken cancellationToken)
    {
        if (collective is null)
        {
            return command();
        }

        try
        {
            return command();
        }
        catch (RankFailureException failure)
        {
            return Agree(collective.Rank == 0 ? Failure.Report(InTermsOfOptions(failure.InnerException!), streams, _verbose, cancellationToken) : 0);
        }
        catch (OperationCanceledException cancelled)
        {
            return Agree(Failure.ReportCancelled(cancelled, IsToRunAgain(collective), Streams));
        }
        catch (Exception failure)
        {
            // The others do not know of it and wait for this one.
            streams.Failures.WriteLine($"micse: process {collective.Rank + 1} of {collective.Count} on {Environment.MachineName} ends all:");
            collective.Abort(Failure.Report(failure, streams, _verbose, cancellationToken));
            throw;
        }
    }

    /// <summary>Runs work on all processes, which fail together.</summary>
    public T Together<T>(Func<T> work) => collective is null ? work() : collective.Together(work);

    /// <inheritdoc/>
    public void Dispose() => collective?.Dispose();

    // A launcher ends the others at the first exit code that is not 0: so the first process speaks before any of them ends.
    private int Agree(int exitCode)
    {
        byte[] agreed = [(byte)exitCode];
        collective!.Broadcast(agreed);
        return agreed[0];
    }

    private Exception InTermsOfOptions(Exception failure)
    {
        try
        {
            return arguments.Take<Exception>(() => throw failure);
        }
        catch (Exception translated)
        {
            return translated;
        }
    }

    private bool IsToRunAgain(ICollective ranks)
    {
        var all = new byte[ranks.Count];
        ranks.Gather([(byte)(streams.IsToRunAgain() ? 1 : 0)], all);
        return all.Contains((byte)1);
    }
}
