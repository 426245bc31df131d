using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Files;

namespace MiCse.Cli.Options;

/// <summary>Where a command writes: a file whose ending chooses its format, or a folder.</summary>
internal sealed class OutputOption : Option<string>
{
    private OutputOption(string name, string[] aliases, string description, string helpName)
        : base(name, aliases)
    {
        Description = description;
        HelpName = helpName;
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError($"{name}: an empty text names no {helpName.ToLowerInvariant()}.");
            }
        });
    }

    /// <summary>Whether it is a folder that is put in its place as a whole, so that only one command can write it.</summary>
    public bool IsFolder { get; private init; }

    /// <summary><c>--output</c> for a file.</summary>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="content">What is written, for the message about another ending: "clusters".</param>
    /// <param name="endings">The endings there are.</param>
    public static OutputOption File(string description, string content, params string[] endings) => File(description, content, folderWith: null, endings);

    /// <summary><c>--output</c> for a file, or together with another option for a folder that several commands write.</summary>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="content">What is written, for the message about another ending: "clusters".</param>
    /// <param name="folderWith">With this option it is a folder.</param>
    /// <param name="endings">The endings there are.</param>
    public static OutputOption File(string description, string content, Option? folderWith, params string[] endings)
    {
        var option = new OutputOption("--output", ["-o"], description, "FILE");
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: { Length: > 0 } path }])
            {
                return;
            }

            var isFile = Array.Exists(endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
            if (folderWith is not null && result.GetResult(folderWith) is { Implicit: false })
            {
                if (isFile)
                {
                    result.AddError($"--output: with {folderWith.Name} it is a folder of parts, and '{path}' is a name of a file; name a folder, and the file when the parts are put together.");
                }
            }
            else if (!isFile)
            {
                result.AddError($"--output: {content} cannot be written to a file ending in '{Path.GetExtension(path)}'; expected {Listed(endings)}.");
            }
        });
        return option;
    }

    /// <summary><c>--output</c> for a folder, which a command that makes one needs.</summary>
    public static OutputOption Folder(string description = "The folder to write.") =>
        new("--output", ["-o"], description, "FOLDER") { Required = true, IsFolder = true };

    /// <summary><c>--output</c> for a folder that has a name when none is given.</summary>
    public static OutputOption Folder(string description, string fallback) =>
        new("--output", ["-o"], description, "FOLDER") { DefaultValueFactory = _ => fallback, IsFolder = true };

    /// <summary>A folder under another name.</summary>
    public static OutputOption NamedFolder(string name, string description, string helpName) => new(name, [], description, helpName) { IsFolder = true };

    /// <summary>An output of another name, or one whose kind the ending decides.</summary>
    public static OutputOption Named(string name, string description, string helpName, params string[] aliases) => new(name, aliases, description, helpName);

    /// <summary>Refuses a place that is not there, before any work, and a file of texts that the command reads; nothing makes folders that a typing error named.</summary>
    /// <exception cref="IOException">There is no folder to write into.</exception>
    /// <exception cref="UsageException">It is a file that is read.</exception>
    public void Check(ParseResult arguments)
    {
        if (arguments.GetValue(this) is { } path && Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) is { } parent && !Directory.Exists(parent))
        {
            throw new IOException($"{path}: cannot be written, there is no folder {parent}; make it first.");
        }

        if (arguments.GetValue(this) is { } file && System.IO.File.Exists(file)
            && arguments.CommandResult.Command.Arguments.OfType<TextFileArgument>().SelectMany(texts => texts.Paths(arguments)).Select(Target).Contains(Target(file)))
        {
            throw new UsageException($"{Name}: {file} is a file that is read; name another.");
        }
    }

    /// <summary>Keeps other commands from writing the same folder.</summary>
    /// <exception cref="IOException">One does.</exception>
    public OutputLock? Reserve(ParseResult arguments) => arguments.GetValue(this) is { } path ? OutputLock.Acquire(path) : null;

    private static string Target(string path) => WriteTarget.Of(path).Path; // what links lead to

    private static string Listed(string[] endings) =>
        endings.Length == 1 ? endings[0] : $"{string.Join(", ", endings[..^1])} or {endings[^1]}";
}
