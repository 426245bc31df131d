using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Commands;

/// <summary>
/// The embedding server. It is a program of its own beside this one, so that no other command waits for ASP.NET Core or needs it; on Unix that program
/// takes the place of this process, so that signals reach it.
/// </summary>
internal sealed partial class ServeCommand : MiCseCommand
{
    private const string Program = "MiCse.Serve";

    public ServeCommand()
        : base("serve", "Serves embeddings over HTTP to clients of OpenAI, text-embeddings-inference, Ollama and Cohere.", "micse serve --port 8080")
    {
        foreach (var (title, options) in new ServeOptions().Groups)
        {
            AddGroup(title, options);
        }
    }

    protected override bool WritesOutput(ParseResult arguments) => false;

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        // In a folder of its own, or in the tool's package beside this program.
        string[] folders = [Path.Combine(AppContext.BaseDirectory, "serve"), AppContext.BaseDirectory];
        var folder = Array.Find(folders, folder => File.Exists(Path.Combine(folder, $"{Program}.dll")))
            ?? throw new IOException($"{folders[0]}: the server is not there; a build or a publish of the command line puts it there.");
        var library = Path.Combine(folder, $"{Program}.dll");

        string[] given = [.. arguments.Tokens.SkipWhile(token => token.Type != TokenType.Command).Skip(1).Select(token => token.Value)];
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : null;
        var own = Path.Combine(folder, OperatingSystem.IsWindows() ? $"{Program}.exe" : Program);
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
