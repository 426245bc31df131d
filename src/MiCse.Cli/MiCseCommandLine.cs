using System.CommandLine;
using System.CommandLine.Help;
using MiCse.Cli.Commands;
using MiCse.Cli.Help;
using MiCse.Cli.Terminal;

namespace MiCse.Cli;

/// <summary>The whole command line as one call: parse, run, and turn what went wrong into one sentence and an exit code.</summary>
internal static class MiCseCommandLine
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="streams">Where to read and write.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var verbose = new Option<bool>("--verbose") { Description = "On failure, print where in the program it happened as well.", Recursive = true };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print results and errors alone: no progress, no remarks.", Recursive = true };
        var root = CreateRoot([verbose, quiet], (command, parsed) => command.Run(parsed, parsed.GetValue(quiet) ? streams.WithoutRemarks() : streams, cancellationToken));

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

    private static RootCommand CreateRoot(IReadOnlyList<Option> options, Func<MiCseCommand, ParseResult, int> run)
    {
        var root = new RootCommand("Sentence embeddings with miCSE: encode texts, compare them, train and evaluate encoders.") { HelpName = "micse" };
        foreach (var option in options)
        {
            root.Add(option);
        }

        foreach (var command in Commands())
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

    private static IEnumerable<MiCseCommand> Commands() =>
    [
        new SimilarityCommand(), new EncodeCommand(), new IndexCommand(), new SearchCommand(), new PairsCommand(), new ClusterCommand(),
        new MapCommand(), new ExplainCommand(), new TokenizeCommand(), new ServeCommand(), new EvaluateCommand(),
        new InitCommand(), new GrowCommand(), new ShrinkCommand(), new PretrainCommand(), new TrainCommand(), new DistillCommand(), new LowShotCommand(),
        new ExportCommand(), new VerifyCommand(), new InfoCommand(), new DownloadCommand(), new ModelsCommand(),
        new SplitCommand(), new SentencesCommand(), new VocabularyCommand(), new CompletionCommand(),
    ];
}
