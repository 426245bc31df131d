using System.Diagnostics;
using System.Text;

namespace MiCse.Tests;

/// <summary>A program of this repository as a process of its own, and what came of it.</summary>
internal sealed record ChildProcess(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="name">Its project, built in the same configuration as the tests.</param>
    /// <param name="folder">The current folder of the process; null for that of the tests.</param>
    /// <param name="variables">Environment variables beside those of the tests.</param>
    /// <param name="arguments">The arguments.</param>
    public static async Task<ChildProcess> RunAsync(
        string name, string? folder, IEnumerable<(string Name, string Value)> variables, params string[] arguments)
    {
        using var process = Start(name, folder, variables, arguments);
        var cancellation = TestContext.Current.CancellationToken;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new ChildProcess(process.ExitCode, output, await error);
    }

    /// <summary>Starts a program.</summary>
    public static Process Start(string name, string? folder, IEnumerable<(string Name, string Value)> variables, params string[] arguments)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, name, own.Name, $"{name}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        return Process.Start(start)!;
    }
}
