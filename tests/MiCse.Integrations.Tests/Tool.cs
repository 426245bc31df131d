using System.Diagnostics;

namespace MiCse.Integrations.Tests;

/// <summary>The command <c>dotnet</c> with its tools.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">The current folder.</param>
    /// <param name="arguments">The arguments.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // A build of the tests says to the builds that it starts that they are part of it.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output + await error);
    }
}
