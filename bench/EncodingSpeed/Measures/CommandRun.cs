using System.Diagnostics;

namespace MiCse.EncodingSpeed.Measures;

/// <summary>One call of the command line, as a user makes it.</summary>
/// <param name="Seconds">Time on the wall.</param>
/// <param name="PeakBytes">Largest resident size that was seen.</param>
internal sealed record CommandRun(double Seconds, long PeakBytes)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs <c>./micse</c>, which replaces itself with the command: its process is the command's.</summary>
    public static CommandRun Of(params IReadOnlyList<string> arguments)
    {
        var start = Stopwatch.GetTimestamp();
        var script = Path.GetFullPath(OperatingSystem.IsWindows() ? "micse.cmd" : "micse");
        using var process = Process.Start(new ProcessStartInfo(script, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(Interval))
        {
            process.Refresh();
            peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0
            ? new CommandRun(seconds, peak)
            : throw new InvalidOperationException($"micse {string.Join(' ', arguments)}: {errors.Result}");
    }
}
