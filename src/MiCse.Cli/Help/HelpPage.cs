using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using MiCse.Cli.Terminal;

namespace MiCse.Cli.Help;

/// <summary>The page that <c>--help</c> prints: usage, arguments, options in groups with their defaults, an example.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int Width = 110;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return ExitCode.Done;
    }

    /// <summary>Writes the page of one command.</summary>
    public static void Write(Command command, TextWriter output)
    {
        Wrap(command.Description ?? "", Width).ForEach(output.WriteLine);
        if (command is MiCseCommand { Missing: { } missing })
        {
            output.WriteLine();
            Wrap(missing, Width).ForEach(output.WriteLine);
        }

        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command)}");
        WriteRows(output, "Commands", command.Subcommands.Select(sub => (sub.Name, sub.Description ?? "")));
        WriteRows(output, "Arguments", command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? "")));
        if (command is MiCseCommand described)
        {
            foreach (var (title, options) in described.Groups)
            {
                WriteRows(output, title, options.Select(Row));
            }

            WriteRows(output, "Help", Inherited(command).Select(Row));
            output.WriteLine();
            output.WriteLine("Example:");
            output.WriteLine($"  {described.Example}");
        }
        else
        {
            WriteRows(output, "Options", command.Options.Select(Row));
            output.WriteLine();
            output.WriteLine("`micse COMMAND --help` explains a command.");
        }
    }

    private static string Usage(Command command)
    {
        if (command is RootCommand)
        {
            return "micse COMMAND [options]";
        }

        var arguments = command.Arguments.Select(argument => argument.HelpName ?? argument.Name);
        var required = command.Options.Where(option => option.Required).Select(option => $"{option.Name} {option.HelpName}");
        return string.Join(' ', [(command as MiCseCommand)?.FullName ?? $"micse {command.Name}", .. arguments, .. required, "[options]"]);
    }

    private static IEnumerable<Option> Inherited(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive).Concat(Inherited(parent)));

    private static (string, string) Row(Option option)
    {
        var description = option.Description ?? "";
        var note = option.Required ? "required" : Default(option);
        return (Label(option), note is null ? description : $"{description.TrimEnd('.')} ({note}).");
    }

    private static string Label(Option option)
    {
        // One name for one thing: older spellings of a long name are taken, but not shown.
        var names = string.Join(", ", option.Aliases.Where(alias => alias.Length == 2 && alias is not ("/?" or "/h" or "-?")).Append(option.Name));
        return option.HelpName is null ? names : $"{names} {option.HelpName}";
    }

    private static string? Default(Option option)
    {
        if (!option.HasDefaultValue || option is HelpOption or VersionOption || option.ValueType == typeof(bool))
        {
            return null;
        }

        var value = option.GetDefaultValue();
        return value is double number
            ? string.Create(CultureInfo.InvariantCulture, $"default: {number:0.##########}")
            : value is null or Array { Length: 0 } ? null
            : string.Create(CultureInfo.InvariantCulture, $"default: {value}");
    }

    private static void WriteRows(TextWriter output, string title, IEnumerable<(string Left, string Right)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{title}:");
        var left = Math.Min(30, list.Max(row => row.Left.Length));
        foreach (var row in list)
        {
            var lines = Wrap(row.Right, Width - left - 4);
            output.WriteLine($"  {row.Left.PadRight(left)}  {lines[0]}".TrimEnd());
            foreach (var line in lines.Skip(1))
            {
                output.WriteLine(new string(' ', left + 4) + line);
            }
        }
    }

    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > width)
            {
                lines.Add(word);
            }
            else
            {
                lines[^1] = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
            }
        }

        return lines;
    }
}
