namespace MiCse.Cli.Terminal;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed; one sentence on the error stream says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by SIGUSR1 with its work saved: the same command goes on where it was, and a scheduler may start it again. EX_TEMPFAIL of sysexits.h.</summary>
    public const int TryAgain = 75;

    /// <summary>Cancelled with Ctrl-C.</summary>
    public const int Cancelled = 130;
}
