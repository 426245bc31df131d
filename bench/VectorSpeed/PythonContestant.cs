using System.Diagnostics;
using System.Globalization;

namespace MiCse.VectorSpeed;

/// <summary>A Python script that says "ready" and a name first, and then answers every line with one.</summary>
internal sealed class PythonContestant : IDisposable
{
    private readonly Process _process;

    private PythonContestant(Process process, string name) => (_process, Name) = (process, name);

    /// <summary>The other library, with its version.</summary>
    public string Name { get; }

    /// <summary>Starts a script that lies beside this program.</summary>
    /// <returns>Null where there is no Python or no such library.</returns>
    public static PythonContestant? Start(string python, string script, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, script), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready ", StringComparison.Ordinal))
        {
            return new PythonContestant(process, line["ready ".Length..]);
        }

        process.WaitForExit();
        process.Dispose();
        return null;
    }

    /// <summary>The answer to a line.</summary>
    public string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Name} ended at: {line}");
    }

    /// <summary>The seconds that the script took for a line.</summary>
    public double Seconds(string line) => double.Parse(Ask(line), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
