using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MiCse.Training.Tests.Distributed;

/// <summary>The command line as several processes that Open MPI's <c>mpirun</c> has started.</summary>
internal sealed partial class RankedRun : IDisposable
{
    private const int UserSignal = 10;

    private readonly Process _launcher;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private RankedRun(Process launcher)
    {
        _launcher = launcher;
        _launcher.StandardInput.Close();
        _output = _launcher.StandardOutput.ReadToEndAsync();
        _error = _launcher.StandardError.ReadToEndAsync();
    }

    /// <summary>The processes of the ranks.</summary>
    public IReadOnlyList<int> Processes
    {
        get
        {
            var task = $"/proc/{_launcher.Id}/task/{_launcher.Id}/children";
            return File.Exists(task) ? [.. File.ReadAllText(task).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))] : [];
        }
    }

    /// <summary>Starts processes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="arguments">The command line; <c>{rank}</c> in it is each one's own number.</param>
    public static RankedRun Start(int count, params string[] arguments)
    {
        var launcher = Launcher();
        Assert.SkipWhen(launcher is null, "needs Open MPI's mpirun, which is not installed (Debian's package is openmpi-bin)");
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, "MiCse.Cli", own.Name, "MiCse.Cli.dll");
        var line = string.Join(' ', arguments.Prepend(program).Select(argument => $"\"{argument.Replace("{rank}", "$OMPI_COMM_WORLD_RANK", StringComparison.Ordinal)}\""));
        var start = new ProcessStartInfo(
            launcher!, ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1", "-n", $"{count}", "sh", "-c", $"exec dotnet {line}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["HF_HUB_OFFLINE"] = "1";
        return new RankedRun(Process.Start(start)!);
    }

    /// <summary>Starts processes and waits for their end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(int count, params string[] arguments)
    {
        using var run = Start(count, arguments);
        return await run.EndAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        await _launcher.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_launcher.ExitCode, await _output, await _error);
    }

    /// <summary>Asks all ranks to save and stop.</summary>
    public void SendUserSignal() => Assert.Equal(0, Kill(_launcher.Id, UserSignal));

    public void Dispose()
    {
        if (!_launcher.HasExited)
        {
            _launcher.Kill(entireProcessTree: true);
        }

        _launcher.Dispose();
    }

    private static string? Launcher() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "mpirun.openmpi")).FirstOrDefault(File.Exists)
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "mpirun")).FirstOrDefault(File.Exists);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
