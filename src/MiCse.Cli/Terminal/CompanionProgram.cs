using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiCse.Cli.Terminal;

/// <summary>Programs of their own beside this one, which other commands need not wait for. On Unix such a program takes the place of this process, so that signals reach it.</summary>
internal static partial class CompanionProgram
{
    /// <summary>Runs a program with what follows the command's name.</summary>
    /// <param name="name">The program.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Flushed before.</param>
    /// <returns>Its exit code, where it does not take this process's place.</returns>
    /// <exception cref="IOException">It is not there, or cannot be started.</exception>
    public static int Run(string name, ParseResult arguments, StandardStreams streams)
    {
        // In a folder of their own, or in the tool's package beside this program.
        string[] folders = [Path.Combine(AppContext.BaseDirectory, "serve"), AppContext.BaseDirectory];
        var folder = Array.Find(folders, folder => File.Exists(Path.Combine(folder, $"{name}.dll")))
            ?? throw new IOException($"{folders[0]}: {name} is not there; a build or a publish of the command line puts it there.");
        var library = Path.Combine(folder, $"{name}.dll");

        string[] given = [.. arguments.Tokens.SkipWhile(token => token.Type != TokenType.Command).Skip(1).Select(token => token.Value)];
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : null;
        var own = Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        string[] command = host is not null ? [host, library, .. given] : File.Exists(own) ? [own, .. given] : ["dotnet", library, .. given];
        if (OperatingSystem.IsWindows())
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode;
        }

        streams.Output.Flush();
        streams.Error.Flush();
        ExecuteInPlace(command[0], [.. command, null]);
        throw new IOException($"{command[0]}: cannot be started ({Marshal.GetLastPInvokeErrorMessage()}).");
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExecuteInPlace(string file, string?[] arguments);
}
