using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace MiCse.Cli.Help;

/// <summary>
/// What a shell needs to complete commands, options and the words that options take. It is written down once, so that a shell need not start the
/// program for every key; everything else is completed as the name of a file.
/// </summary>
internal static class CompletionScript
{
    /// <summary>The shells there are.</summary>
    public static string[] Shells { get; } = ["bash", "zsh", "fish", "powershell"];

    /// <summary>Writes the script of a shell.</summary>
    public static void Write(TextWriter output, string shell, Command root)
    {
        var entries = Entries(root, "").ToList();
        switch (shell)
        {
            case "fish":
                WriteFish(output, entries);
                break;
            case "powershell":
                WritePowerShell(output, entries);
                break;
            default:
                if (shell == "zsh")
                {
                    output.WriteLine("autoload -Uz bashcompinit && bashcompinit");
                }

                WriteBash(output, entries);
                break;
        }
    }

    private static IEnumerable<Entry> Entries(Command command, string path)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive || option is HelpOption);
        yield return new Entry(path, [.. command.Subcommands], [.. command.Options.Concat(inherited).DistinctBy(option => option.Name)]);
        foreach (var entry in command.Subcommands.SelectMany(subcommand => Entries(subcommand, $"{path} {subcommand.Name}".TrimStart())))
        {
            yield return entry;
        }
    }

    private static void WriteBash(TextWriter output, List<Entry> entries)
    {
        output.WriteLine("""
            _micse() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path= word words=
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "${path:+$path }$word" in
            """);
        output.WriteLine($"        {string.Join('|', entries.Where(entry => entry.Path.Length > 0).Select(entry => $"'{entry.Path}'"))}) path=${{path:+$path }}$word ;;");
        output.WriteLine("""
                    esac
                done
                case "$path $previous" in
            """);
        foreach (var entry in entries)
        {
            foreach (var option in entry.Options.Where(option => Words(option).Count > 0))
            {
                output.WriteLine($"    {string.Join('|', Names(option).Select(name => $"'{entry.Path} {name}'"))}) words='{string.Join(' ', Words(option))}' ;;");
            }
        }

        output.WriteLine("""
                *)
                    case "$path" in
            """);
        foreach (var entry in entries)
        {
            output.WriteLine($"        '{entry.Path}') if [[ $current == -* ]]; then words='{string.Join(' ', entry.Options.Select(option => option.Name))}'; else words='{string.Join(' ', entry.Subcommands.Select(subcommand => subcommand.Name))}'; fi ;;");
        }

        output.WriteLine("""
                    esac
                    ;;
                esac
                COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o default -F _micse micse
            """);
    }

    private static void WriteFish(TextWriter output, List<Entry> entries)
    {
        foreach (var entry in entries)
        {
            var condition = entry.Path.Length == 0
                ? "__fish_use_subcommand"
                : string.Join("; and ", entry.Path.Split(' ').Select(word => $"__fish_seen_subcommand_from {word}"));
            foreach (var subcommand in entry.Subcommands)
            {
                output.WriteLine($"complete -c micse -n '{condition}' -f -a {subcommand.Name} -d '{Quoted(subcommand.Description)}'");
            }

            foreach (var option in entry.Options)
            {
                var words = Words(option) is { Count: > 0 } list ? $" -x -a '{string.Join(' ', list)}'" : option.ValueType == typeof(bool) ? "" : " -r";
                var letter = option.Aliases.FirstOrDefault(alias => alias.Length == 2 && alias is not ("/h" or "/?" or "-?"));
                output.WriteLine($"complete -c micse -n '{condition}'{(letter is null ? "" : $" -s {letter[1]}")} -l {option.Name.TrimStart('-')}{words} -d '{Quoted(option.Description)}'");
            }
        }

        static string Quoted(string? text) => (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
    }

    private static void WritePowerShell(TextWriter output, List<Entry> entries)
    {
        output.WriteLine("""
            Register-ArgumentCompleter -Native -CommandName micse -ScriptBlock {
                param($current, $line, $position)
                $words = @{
            """);
        foreach (var entry in entries)
        {
            output.WriteLine($"        '{entry.Path}' = '{string.Join(' ', entry.Subcommands.Select(subcommand => subcommand.Name).Concat(entry.Options.Select(option => option.Name)))}'");
            foreach (var option in entry.Options.Where(option => Words(option).Count > 0))
            {
                output.WriteLine($"        '{entry.Path} {option.Name}' = '{string.Join(' ', Words(option))}'");
            }
        }

        output.WriteLine("""
                }
                $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
                if ($current -ne '') { $typed = @($typed | Select-Object -SkipLast 1) }
                $path = ''
                foreach ($word in $typed) { if ($words.ContainsKey("$path $word".Trim()) -and -not $word.StartsWith('-')) { $path = "$path $word".Trim() } }
                $key = if ($typed.Count -gt 0 -and $words.ContainsKey("$path $($typed[-1])".Trim())) { "$path $($typed[-1])".Trim() } else { $path }
                if ($typed.Count -gt 0 -and -not $typed[-1].StartsWith('-')) { $key = $path }
                $words[$key] -split ' ' | Where-Object { $_ -like "$current*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """);
    }

    private static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name);

    private static List<string> Words(Option option) =>
        option.ValueType == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    /// <summary>What can follow a command.</summary>
    /// <param name="Path">Its words without the program's name.</param>
    /// <param name="Subcommands">Its subcommands.</param>
    /// <param name="Options">Its options.</param>
    private sealed record Entry(string Path, IReadOnlyList<Command> Subcommands, IReadOnlyList<Option> Options);
}
