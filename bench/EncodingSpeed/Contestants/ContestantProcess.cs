using System.Diagnostics;
using System.Text.Json;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>
/// A contestant in a process of its own, so that its memory can be told and no thread pool of another is in its way. It waits while others are measured.
/// </summary>
internal sealed class ContestantProcess : IDisposable
{
    /// <summary>What the process says when it has loaded and warmed up.</summary>
    public const string Ready = "ready";

    /// <summary>The command: encode one part of the texts.</summary>
    public const string Many = "many";

    private const string One = "one";
    private const int SingleCalls = 15;

    private readonly Process _process;

    public ContestantProcess(string name, IReadOnlyList<string> command)
    {
        Name = name;
        _process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (_process.StandardOutput.ReadLine() != Ready)
        {
            throw new InvalidOperationException($"{name} did not start.");
        }
    }

    /// <summary>What the report calls it.</summary>
    public string Name { get; }

    /// <summary>Encodes one part of the texts.</summary>
    public Answer EncodePart(int part, int parts) => Ask($"{Many} {part} {parts}");

    /// <summary>Encodes the single text several times, one after the other.</summary>
    public Answer EncodeSingle() => Ask($"{One} {SingleCalls}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private Answer Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        return _process.StandardOutput.ReadLine() is { } line
            ? JsonSerializer.Deserialize<Answer>(line)!
            : throw new InvalidOperationException($"{Name} stopped.");
    }
}
