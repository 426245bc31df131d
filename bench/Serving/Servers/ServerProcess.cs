using System.Diagnostics;

namespace MiCse.Serving.Servers;

/// <summary>A server as a process of its own, from its start until it is killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address, double seconds)
    {
        (_process, Address, StartSeconds) = (process, address, seconds);
        _ = process.StandardOutput.ReadToEndAsync(); // so that it never waits for its reader
    }

    public Uri Address { get; }

    /// <summary>From the start of the process until it said that it was ready.</summary>
    public double StartSeconds { get; }

    /// <summary>Bytes of memory now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Ours.</summary>
    public static ServerProcess StartOwn(string model, params string[] more) => Start(Program("MiCse.Serve"), ["--port", "0", "--log", "none", "--model", model, .. more]);

    /// <summary>This program in another role.</summary>
    public static ServerProcess StartRole(params string[] arguments) => Start(Program("Serving"), arguments);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // What is compared is built in the same configuration as this program.
    private static string Program(string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, name, own.Name, $"{name}.dll");
    }

    private static ServerProcess Start(string program, string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        string? line;
        do
        {
            line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{program} ended before it was ready.");
        }
        while (!line.StartsWith("http", StringComparison.Ordinal));
        return new ServerProcess(process, new Uri(line), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
