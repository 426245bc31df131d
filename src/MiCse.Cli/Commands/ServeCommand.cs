using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Commands;

/// <summary>The embedding server: a program of its own beside this one, so that no other command waits for ASP.NET Core or needs it.</summary>
internal sealed class ServeCommand : MiCseCommand
{
    public ServeCommand()
        : base("serve", "Serves embeddings over HTTP to clients of OpenAI, text-embeddings-inference, Ollama and Cohere.", "micse serve --port 8080")
    {
        foreach (var (title, options) in new ServeOptions().Groups)
        {
            AddGroup(title, options);
        }
    }

    protected override bool WritesOutput(ParseResult arguments) => false;

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        CompanionProgram.Run("MiCse.Serve", arguments, streams);
}
