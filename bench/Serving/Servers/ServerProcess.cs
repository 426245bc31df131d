using System.Diagnostics;
using System.Globalization;

namespace MiCse.Serving.Servers;

/// <summary>A server as a process of its own, from its start until it is killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly long _start;

    private ServerProcess(Process process, Uri address, long start)
    {
        (_process, Address, _start) = (process, address, start);
        StartSeconds = SecondsSinceStart;
        _ = process.StandardOutput.ReadToEndAsync(); // so that it never waits for its reader
    }

    public Uri Address { get; }

    /// <summary>From the start of the process until it said that it was ready.</summary>
    public double StartSeconds { get; }

    /// <summary>From the start of the process until now.</summary>
    public double SecondsSinceStart => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>MiB of memory now.</summary>
    public long ResidentMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 >> 20;
        }
    }

    /// <summary>Ours.</summary>
    public static ServerProcess StartOwn(string model) => StartProgram("MiCse.Serve", "--port", "0", "--log", "none", "--model", model);

    /// <summary>This program in another role.</summary>
    public static ServerProcess StartRole(params string[] arguments) => StartProgram("Serving", arguments);

    /// <summary>A program of this repository.</summary>
    public static ServerProcess StartProgram(string name, params string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo("dotnet", [Program(name), .. arguments]) { RedirectStandardOutput = true })!;
        string? line;
        do
        {
            line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{name} ended before it was ready.");
        }
        while (!line.StartsWith("http", StringComparison.Ordinal));
        return new ServerProcess(process, new Uri(line), start);
    }

    /// <summary>Where a program lies: what is compared is built in the same configuration as this one.</summary>
    public static string Program(string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, name, own.Name, $"{name}.dll");
    }

    /// <summary>Notes its memory each second until what is returned is called, which gives the least and the most.</summary>
    public Func<string> WatchMemory()
    {
        var seen = new List<long> { ResidentMebibytes };
        var timer = new Timer(_ =>
        {
            lock (seen)
            {
                seen.Add(ResidentMebibytes);
            }
        }, null, 1_000, 1_000);
        return () =>
        {
            timer.Dispose();
            lock (seen)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{seen[0]} / {seen.Max()} / {ResidentMebibytes}");
            }
        };
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
