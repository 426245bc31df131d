using MiCse.Files;
using MiCse.Training;

namespace MiCse.Cli.Terminal;

/// <summary>What a user sees when a command fails: one sentence on the error stream, the stack only when asked for.</summary>
internal static class Failure
{
    /// <summary>Prints the failure.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception exception, StandardStreams streams, bool verbose, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException cancelled && cancellationToken.IsCancellationRequested)
        {
            return ReportCancelled(cancelled, streams.IsToRunAgain(), streams);
        }

        if (BrokenPipe.Is(exception))
        {
            return ExitCode.Done;
        }

        var expected = exception is UsageException or ModelFormatException or DataFormatException or IOException or UnauthorizedAccessException
            or NotSupportedException or TrainingDivergedException || exception.GetType() == typeof(ArgumentException);
        streams.Failures.WriteLine(expected
            ? $"micse: {Sentence(exception)}"
            : $"micse: unexpected {exception.GetType().Name}: {Sentence(exception)}{(verbose ? "" : " (--verbose shows where)")}");
        if (verbose)
        {
            foreach (var line in exception.ToString().Split('\n'))
            {
                streams.Failures.WriteLine(line.TrimEnd('\r'));
            }
        }

        return exception switch
        {
            UsageException => ExitCode.WrongUsage,
            TryAgainException => ExitCode.TryAgain,
            _ => ExitCode.Failed,
        };
    }

    /// <summary>Prints that the command was stopped from outside.</summary>
    /// <param name="cancelled">What was stopped.</param>
    /// <param name="isToRunAgain">Whether a scheduler did so, which starts it again later.</param>
    /// <param name="streams">Where to print.</param>
    /// <returns>The exit code.</returns>
    public static int ReportCancelled(OperationCanceledException cancelled, bool isToRunAgain, StandardStreams streams)
    {
        var saved = cancelled is ResumableException ? cancelled.Message : isToRunAgain ? "what is done is saved" : null;
        streams.Failures.WriteLine($"micse: {(isToRunAgain ? "stopped by SIGUSR1" : "cancelled")}{(saved is null ? "" : $"; {saved}")}.");
        return isToRunAgain ? ExitCode.TryAgain : ExitCode.Cancelled;
    }

    private static string Sentence(Exception exception)
    {
        var message = exception.Message;
        if (exception is ArgumentException { ParamName: { } parameter })
        {
            message = message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal);
        }

        return string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
