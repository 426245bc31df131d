namespace MiCse.Cli.Terminal;

/// <summary>The reader of the output has gone, as in <c>micse encode … | head</c>: it has seen enough, which is no failure.</summary>
internal static class BrokenPipe
{
    // errno 32 on Linux and macOS; ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.
    private static readonly int[] s_codes = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    /// <summary>Whether that is what a failure, or what caused it, says.</summary>
    public static bool Is(Exception? failure) => failure is IOException && (s_codes.Contains(failure.HResult) || Is(failure.InnerException));
}
