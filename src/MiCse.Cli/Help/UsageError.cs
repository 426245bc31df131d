using System.CommandLine;
using System.CommandLine.Parsing;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Help;

/// <summary>What a user sees when the command line itself is wrong.</summary>
internal static class UsageError
{
    private const string Program = "micse";

    /// <summary>Everything that is wrong with a command line.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (UnknownCommand(parsed) is { } unknown)
        {
            return [unknown];
        }

        if (parsed.Action is HelpPage)
        {
            return [];
        }

        // The parser takes a mistyped option for a text where texts are allowed.
        var mistyped = parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal));
        mistyped ??= parsed.CommandResult.Tokens.FirstOrDefault(token => IsMistypedShortOption(token.Value, command));
        if (mistyped is not null)
        {
            return [UnknownOption(mistyped.Value, command)];
        }

        return parsed.Errors.Count > 0 && MistypedSubcommand(parsed, command) is { } subcommand
            ? [subcommand]
            : [.. parsed.Errors.Select(error => error.Message)];
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

        var name = UnknownCommand(parsed) is null && command is MiCseCommand known ? known.FullName : Program;
        foreach (var error in errors)
        {
            streams.Error.WriteLine($"{name}: {AsTyped(error, parsed)}");
        }

        streams.Error.WriteLine($"`{name} --help` lists what can be given.");
        return ExitCode.WrongUsage;
    }

    /// <summary>A message with the spelling of options that was typed, where an option has several.</summary>
    public static string AsTyped(string message, ParseResult parsed)
    {
        foreach (var option in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            if (option.IdentifierToken?.Value is { } typed && typed.StartsWith("--", StringComparison.Ordinal))
            {
                message = message.Replace(option.Option.Name, typed, StringComparison.Ordinal);
            }
        }

        return message;
    }

    private static string? UnknownCommand(ParseResult parsed)
    {
        var words = parsed.Tokens.SkipWhile(token => token.Type == TokenType.Option).ToList();
        if (words is not [{ Type: TokenType.Argument, Value: var typed }, ..])
        {
            return null;
        }

        var root = parsed.RootCommandResult.Command;
        if (typed.StartsWith('-'))
        {
            return UnknownOption(typed, root);
        }

        var commands = root.Subcommands.Select(command => command.Name).ToList();
        if (typed == "help")
        {
            var about = words.Skip(1).Select(token => token.Value).FirstOrDefault(commands.Contains);
            return $"'help' is not a command; did you mean `{Program} {(about is null ? "" : $"{about} ")}--help`?";
        }

        return Suggestion.Nearest(typed, commands) is { } near
            ? $"'{typed}' is not a command; did you mean `{Program} {near}`?"
            : $"'{typed}' is not a command; there are {string.Join(", ", commands)}.";
    }

    private static string UnknownOption(string typed, Command command)
    {
        var name = typed.Split('=', ':')[0];
        var options = command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)));
        var near = Suggestion.Nearest(name, options.SelectMany(option => option.Aliases.Append(option.Name)).Where(alias => alias.StartsWith("--", StringComparison.Ordinal)));
        var hint = near is null ? "" : $"; did you mean {near}?";
        var text = command.Arguments.Count == 0 ? "" : $"{(near is null ? "." : "")} A text that starts with -- goes after a lone -- .";
        return $"{name} is not an option of this command{hint}{text}";
    }

    // Texts may start with a dash, and so may the names of files that are there.
    private static bool IsMistypedShortOption(string typed, Command command) =>
        typed.Length > 1 && typed[0] == '-' && command.Arguments is [{ Name: "FILE" or "INDEX" }, ..] && !File.Exists(typed);

    // `micse index ad my.index x` → `micse index add`: the first word is taken for the command's own argument.
    private static string? MistypedSubcommand(ParseResult parsed, Command command) =>
        parsed.CommandResult.Tokens is [var first, ..] && !File.Exists(first.Value)
        && Suggestion.Nearest(first.Value, command.Subcommands.Select(subcommand => subcommand.Name)) is { } near
            ? $"'{first.Value}' is not a file; did you mean `{(command as MiCseCommand)?.FullName ?? Program} {near}`?"
            : null;
}
