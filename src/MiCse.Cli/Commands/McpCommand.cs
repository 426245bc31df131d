using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Commands;

/// <summary>The tools of an assistant, over standard input and output: a program of its own beside this one, so that no other command loads the protocol's library.</summary>
internal sealed class McpCommand : MiCseCommand
{
    public McpCommand()
        : base("mcp", "Gives embeddings, similarities and searches to assistants as tools, by the Model Context Protocol over standard input and output.", "micse mcp --index tickets=tickets.index")
    {
        foreach (var (title, options) in new McpOptions().Groups)
        {
            AddGroup(title, options);
        }
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        CompanionProgram.Run("MiCse.Mcp", arguments, streams);
}
