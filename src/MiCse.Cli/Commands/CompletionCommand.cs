using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Commands;

/// <summary>The completion script of a shell.</summary>
internal sealed class CompletionCommand : MiCseCommand
{
    /// <summary>Its name: it needs all commands.</summary>
    public const string CommandName = "completion";

    private readonly Argument<string> _shell = new("SHELL") { Description = $"One of {string.Join(", ", CompletionScript.Shells)}." };

    public CompletionCommand()
        : base(
            CommandName,
            "Prints what a shell needs to complete commands and options: load it in the shell's profile.",
            "eval \"$(micse completion bash)\"")
    {
        _shell.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var shell }] && !CompletionScript.Shells.Contains(shell))
            {
                result.AddError($"SHELL: '{shell}' is not one of {string.Join(", ", CompletionScript.Shells)}.");
            }
        });
        Add(_shell);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        CompletionScript.Write(streams.Output, arguments.GetRequiredValue(_shell), arguments.RootCommandResult.Command);
        return ExitCode.Done;
    }
}
