using System.CommandLine;
using System.CommandLine.Help;
using MiCse.Cli.Commands;
using MiCse.Cli.Help;
using MiCse.Cli.Terminal;

namespace MiCse.Cli;

/// <summary>The whole command line as one call: parse, run, and turn what went wrong into one sentence and an exit code.</summary>
internal static class MiCseCommandLine
{
    private static readonly (string Name, Func<MiCseCommand> Create)[] s_commands =
    [
        ("demo", () => new DemoCommand()), ("similarity", () => new SimilarityCommand()), ("encode", () => new EncodeCommand()), ("merge", () => new MergeCommand()), ("index", () => new IndexCommand()), ("search", () => new SearchCommand()),
        ("pairs", () => new PairsCommand()), ("cluster", () => new ClusterCommand()), ("map", () => new MapCommand()), ("explain", () => new ExplainCommand()),
        ("tokenize", () => new TokenizeCommand()), ("serve", () => new ServeCommand()), ("mcp", () => new McpCommand()), ("evaluate", () => new EvaluateCommand()), ("init", () => new InitCommand()), ("grow", () => new GrowCommand()), ("shrink", () => new ShrinkCommand()),
        ("pretrain", () => new PretrainCommand()), ("train", () => new TrainCommand()), ("distill", () => new DistillCommand()), ("lowshot", () => new LowShotCommand()), ("export", () => new ExportCommand()),
        ("verify", () => new VerifyCommand()), ("info", () => new InfoCommand()), ("download", () => new DownloadCommand()), ("models", () => new ModelsCommand()),
        ("split", () => new SplitCommand()), ("sentences", () => new SentencesCommand()), ("vocabulary", () => new VocabularyCommand()),
        (CompletionCommand.CommandName, () => new CompletionCommand()),
    ];

    /// <summary>The names by which commands are made; each is its command's own, as a test checks.</summary>
    internal static IEnumerable<(string Name, Func<MiCseCommand> Create)> CommandTable => s_commands;

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="streams">Where to read and write.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var verbose = new Option<bool>("--verbose") { Description = "On failure, print where in the program it happened as well.", Recursive = true };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print results and errors alone: no progress, no remarks.", Recursive = true };
        var root = CreateRoot(Commands(arguments), [verbose, quiet], (command, parsed) => command.Run(parsed, parsed.GetValue(quiet) ? streams.WithoutRemarks() : streams, cancellationToken));

        // Texts are arguments: "@home" is a text and not a response file, "-xy" is not -x -y.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var errors = UsageError.Find(parsed);
        if (errors.Count > 0)
        {
            return UsageError.Report(parsed, errors, streams);
        }

        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = streams.Output, Error = streams.Error };
            var exitCode = parsed.Invoke(configuration);
            streams.Output.Flush();
            return exitCode;
        }
        catch (Exception exception)
        {
            exception = exception is UsageException ? new UsageException(UsageError.AsTyped(exception.Message, parsed), exception) : exception;
            return Failure.Report(exception, streams, parsed.GetValue(verbose), cancellationToken);
        }
    }

    private static RootCommand CreateRoot(IEnumerable<MiCseCommand> commands, IReadOnlyList<Option> options, Func<MiCseCommand, ParseResult, int> run)
    {
        var root = new RootCommand("Sentence embeddings with miCSE: encode texts, compare them, train and evaluate encoders.") { HelpName = "micse" };
        foreach (var option in options)
        {
            root.Add(option);
        }

        foreach (var command in commands)
        {
            Connect(command, run);
            root.Add(command);
        }

        root.Options.OfType<HelpOption>().Single().Action = new HelpPage();
        return root;
    }

    private static void Connect(MiCseCommand command, Func<MiCseCommand, ParseResult, int> run)
    {
        command.SetAction(parsed => run(command, parsed));
        foreach (var subcommand in command.Subcommands.OfType<MiCseCommand>())
        {
            Connect(subcommand, run);
        }
    }

    /// <summary>
    /// The command that is named first, or all of them where none is, for help and suggestions: making one and its options takes a moment, and some load libraries that others
    /// do without.
    /// </summary>
    private static IEnumerable<MiCseCommand> Commands(IReadOnlyList<string> arguments)
    {
        var name = arguments.FirstOrDefault(argument => !argument.StartsWith('-'));
        foreach (var (known, create) in s_commands)
        {
            if (known == name && name != CompletionCommand.CommandName)
            {
                return [create()];
            }
        }

        return s_commands.Select(command => command.Create());
    }
}
