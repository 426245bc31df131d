using System.CommandLine;
using System.CommandLine.Parsing;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Help;

/// <summary>What a user sees when the command line itself is wrong.</summary>
internal static class UsageError
{
    /// <summary>Everything that is wrong with a command line.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        // The parser takes a mistyped option for a text where texts are allowed.
        var mistyped = parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal));
        return mistyped is null
            ? [.. parsed.Errors.Select(error => error.Message)]
            : [$"{mistyped.Value} is not an option of this command; a text that starts with -- goes after a lone -- ."];
    }

    /// <summary>Prints every error on a line of its own, and where the help is.</summary>
    public static int Report(ParseResult parsed, IReadOnlyList<string> errors, StandardStreams streams)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand root && parsed.Tokens.Count == 0)
        {
            HelpPage.Write(root, streams.Error);
            return ExitCode.WrongUsage;
        }

        var name = (command as MiCseCommand)?.FullName ?? "micse";
        foreach (var error in errors)
        {
            streams.Error.WriteLine($"{name}: {error}");
        }

        streams.Error.WriteLine($"`{name} --help` lists what can be given.");
        return ExitCode.WrongUsage;
    }
}
