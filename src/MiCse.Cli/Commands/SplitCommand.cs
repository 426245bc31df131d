using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data.Corpora;

namespace MiCse.Cli.Commands;

/// <summary>A file of texts → small training sets of it.</summary>
internal sealed class SplitCommand : MiCseCommand
{
    private static readonly IReadOnlyList<long> s_defaultSizes = [64, 100, 500, 1000, 5000, 10000];
    private static readonly IReadOnlyList<long> s_defaultSeeds = [48, 49, 50, 51, 52];

    private readonly TextArguments _texts = new();
    private readonly Option<IReadOnlyList<long>?> _sizes = NumberList.Optional(
        "--shots", $"Numbers of texts in a split (default: {string.Join(',', s_defaultSizes)}).", 1, int.MaxValue);

    private readonly Option<IReadOnlyList<long>?> _seeds = NumberList.Optional(
        "--seeds",
        "One split of every size for each seed; for one seed every smaller split is the beginning of the larger ones (default: 48..52).",
        0,
        long.MaxValue);

    private readonly Option<string?> _name = new("--name")
    {
        Description = "How the files' names start, before _subset_0064_seed48.txt (default: the name of FILE).",
        HelpName = "NAME",
    };

    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public SplitCommand()
        : base(
            "split",
            "Draws small training sets of several sizes and seeds, the same on every machine; empty lines are left out.",
            "micse split wiki1m_for_simcse.txt --shots 64,100,1000 --seeds 48..52 --name wiki --output lowshot")
    {
        _sizes.Aliases.Add("--sizes");
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Splits", _sizes, _seeds, _name);
        AddGroup("Output", _output, _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var file = _texts.Name(arguments);
        var texts = _texts.Read(arguments, streams, cancellationToken);
        var result = ProgressDisplay.Run(streams, "reading", "texts", progress => arguments.Take(() => LowShotSplits.Write(
            output,
            arguments.GetValue(_name) ?? Stem(file),
            texts,
            file,
            [.. (arguments.GetValue(_sizes) ?? s_defaultSizes).Select(size => (int)size)],
            [.. arguments.GetValue(_seeds) ?? s_defaultSeeds],
            new CountProgress(progress),
            cancellationToken)));

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["texts"] = result.Texts,
                ["skipped"] = result.Skipped,
                ["output"] = output,
                ["files"] = Json.Array(result.Splits.Select(Describe)),
            });
            return ExitCode.Done;
        }

        Columns.Write(
            streams.Output,
            [
                ["file", "texts", "seed"],
                .. result.Splits.Select(split => new[]
                {
                    Path.Combine(output, split.File), Figure(split.Size), split.Seed.ToString(CultureInfo.InvariantCulture),
                }),
            ],
            1,
            2);
        streams.Error.WriteLine(
            $"micse: drawn from {Figure(result.Texts)} texts{(result.Skipped > 0 ? $"; {Figure(result.Skipped)} empty ones are left out" : "")}.");
        return ExitCode.Done;
    }

    private static JsonObject Describe(LowShotSplit split) => new()
    {
        ["file"] = split.File,
        ["size"] = split.Size,
        ["seed"] = split.Seed,
        ["sha256"] = split.Sha256,
    };

    // "data/wiki.txt.gz" → "wiki"
    private static string Stem(string file)
    {
        var name = Path.GetFileName(file);
        var end = name.IndexOf('.', StringComparison.Ordinal);
        return end < 0 ? (name == "standard input" ? "texts" : name) : end == 0 ? "texts" : name[..end];
    }

    private static string Figure(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
