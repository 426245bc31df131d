using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Data;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Loop;

namespace MiCse.Cli.Input;

/// <summary>What a training starts from and where it goes: model, sentences, output folder, and whether it goes on there.</summary>
/// <param name="columns">What the columns of the data are for, as a sentence.</param>
/// <param name="training">What messages call the training.</param>
/// <param name="hasPairs">Whether columns are sentences, pairs and hard negatives; else every column of texts holds sentences.</param>
internal sealed class TrainingSource(string columns, string training, bool hasPairs)
{
    private readonly Option<string> _model = new("--model", "-m")
    {
        Description = "The model to start from: a folder, as `micse init` makes one, the name of a built-in model, or an id on the Hugging Face Hub.",
        HelpName = "MODEL",
        Required = true,
    };

    private readonly Option<string[]> _data = new("--data")
    {
        AllowMultipleArgumentsPerToken = true,
        Description = $"The sentences: .txt (one a line), .csv, .tsv, .jsonl, .parquet, also with .gz or .zst after it; several files are one training set. {columns}",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _columns = new("--column")
    {
        Description = "A column to use, up to three times: a name, or a number from 1 with --no-header (default: by the columns' names; labels, scores, ids and numbers are left out).",
        HelpName = "COLUMN",
    };

    private readonly Option<string?> _sentences = Role("--sentence-column", "The column of sentences, or of the first texts of pairs.");
    private readonly Option<string?> _pairs = Role("--pair-column", "The column of texts that mean the same as the sentences.");
    private readonly Option<string?> _negatives = Role("--negative-column", "The column of hard negatives: texts that look alike and mean something else.");
    private readonly Option<bool> _noHeader = ColumnOptions.CreateNoHeader();
    private readonly Option<int?> _limit = Number.Optional("--limit", "Number of examples to train on, from the first one on (default: all).", 1);
    private readonly OutputOption _output = OutputOption.Folder();

    /// <summary>Makes <c>--model</c> optional: what its line on the help page says instead.</summary>
    public string OptionalModel
    {
        init => (_model.Description, _model.Required) = (value, false);
    }

    /// <summary>Everything but <see cref="Resume"/> and <see cref="ResumeIfAny"/>, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => hasPairs
        ? [_model, _data, _columns, _sentences, _pairs, _negatives, _noHeader, _limit, _output]
        : [_model, _data, _columns, _noHeader, _limit, _output];

    /// <summary>Whether the training in the output folder goes on.</summary>
    public Option<bool> Resume { get; } = new("--resume")
    {
        Description = $"Continue the unfinished {training} in the output folder, to the same bits. With more --steps or --epochs than it was started with the rest follows "
            + "the longer schedule: the learning rate falls to 0 at the new end; everything else must be as it was.",
    };

    /// <summary>The same for jobs that are started again by a scheduler, which does not know whether there is something to go on from.</summary>
    public Option<bool> ResumeIfAny { get; } = new("--resume-if-any")
    {
        Description = $"Continue the unfinished {training} in the output folder where there is a checkpoint of one, else begin: for jobs that are started again after an interruption.",
    };

    /// <summary>Whether the training in the output folder goes on.</summary>
    public bool Resumes(ParseResult arguments) =>
        arguments.GetValue(Resume) || (arguments.GetValue(ResumeIfAny) && new TrainingFolder(Output(arguments)).HasCheckpoint);

    /// <summary>Runs the training; when it is stopped and there is a checkpoint, the exception says where, and how to go on.</summary>
    /// <exception cref="ResumableException">It was stopped, and there is one.</exception>
    public T Run<T>(ParseResult arguments, Func<T> train)
    {
        try
        {
            return arguments.Take(train);
        }
        catch (OperationCanceledException cancelled) when (new TrainingFolder(Output(arguments)).LastStep is { } step)
        {
            throw new ResumableException(
                FormattableString.Invariant($"the checkpoint of step {step} is in {Output(arguments)}, and the same command with {Resume.Name} goes on from it"), cancelled);
        }
    }

    /// <summary>The folder to write.</summary>
    public string Output(ParseResult arguments) => arguments.GetRequiredValue(_output);

    /// <summary>The model, fetched from the Hub if need be.</summary>
    public ModelFolder OpenModel(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken));

    /// <summary>The same where <see cref="OptionalModel"/> is set; null when none is named.</summary>
    public ModelFolder? OpenModelIfGiven(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        arguments.GetValue(_model) is null ? null : OpenModel(arguments, streams, cancellationToken);

    /// <summary>The sentences, fetched from the Hub if need be.</summary>
    public SentenceCorpus LoadCorpus(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = new TextFileOptions { Columns = Columns(arguments), NoHeader = arguments.GetValue(_noHeader) };
        foreach (var option in new[] { _sentences, _pairs, _negatives })
        {
            ColumnOptions.CheckNumbers(option, hasPairs && arguments.GetValue(option) is { } column ? [column] : [], options.NoHeader);
        }

        ColumnOptions.CheckNumbers(_columns, options.Columns, options.NoHeader);
        List<SentenceCorpus> files =
        [
            .. arguments.GetRequiredValue(_data).SelectMany(FilePattern.Expand).Select(name => Load(
                OptionValues.Read(_data.Name, () => HubFetch.DataFile(name, streams, cancellationToken)), options, streams, cancellationToken)),
        ];
        var corpus = files is [var only]
            ? only
            : OptionValues.Read(_data.Name, () => new SentenceCorpus(
                string.Join(", ", files.Select(file => file.Name)), [.. files.SelectMany(file => file.Examples)]));
        return arguments.GetValue(_limit) is { } limit && limit < corpus.Examples.Count
            ? new SentenceCorpus(corpus.Name, [.. corpus.Examples.Take(limit)])
            : corpus;
    }

    /// <summary>Says which columns are not used, if there are any.</summary>
    public static void ReportLeftOut(string path, TrainingColumns found, IReadOnlyList<string> used, StandardStreams streams)
    {
        if (found.LeftOut(used) is { Count: > 0 } leftOut)
        {
            streams.Error.WriteLine(
                $"micse: {path}: texts are taken from {string.Join(", ", used.Select(name => $"'{name}'"))}; left out: {string.Join(", ", leftOut.Select(name => $"'{name}'"))}.");
        }
    }

    private static Option<string?> Role(string name, string description) => new(name)
    {
        Description = description[..^1] + ": a name, or a number from 1 with --no-header.",
        HelpName = "COLUMN",
    };

    private SentenceCorpus Load(string path, TextFileOptions options, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (options.Columns.Count == 0 && TrainingColumns.Of(path, options) is { } found)
        {
            var used = hasPairs ? found.Roles : found.Texts.Count is > 0 and <= SentenceCorpus.MostColumns ? found.Texts : null;
            if (used is null)
            {
                var choice = hasPairs ? $"{_sentences.Name} (and {_pairs.Name}, {_negatives.Name}), or {_columns.Name}" : _columns.Name;
                throw new UsageException(
                    $"{path}: it is not clear which of the columns {string.Join(", ", found.All.Select(name => $"'{name}'"))} hold the texts; name them with {choice}.");
            }

            ReportLeftOut(path, found, used, streams);
            if (!hasPairs)
            {
                options = options with { Columns = used };
            }
        }

        return SentenceCorpus.Load(path, options, cancellationToken);
    }

    /// <exception cref="UsageException">Columns are named twice, or pairs without sentences.</exception>
    private string[] Columns(ParseResult arguments)
    {
        var listed = arguments.GetValue(_columns) ?? [];
        if (!hasPairs)
        {
            return listed;
        }

        var (sentences, pairs, negatives) = (arguments.GetValue(_sentences), arguments.GetValue(_pairs), arguments.GetValue(_negatives));
        if ((sentences ?? pairs ?? negatives) is null)
        {
            return listed;
        }

        if (listed.Length > 0)
        {
            throw new UsageException($"{_columns.Name} lists columns in the order sentences, pairs, hard negatives and does not go with the options that name one of these.");
        }

        if (sentences is null)
        {
            throw new UsageException($"{(pairs is null ? _negatives : _pairs).Name} needs {_sentences.Name} as well.");
        }

        // Without pairs a sentence is its own.
        return negatives is not null ? [sentences, pairs ?? sentences, negatives] : pairs is not null ? [sentences, pairs] : [sentences];
    }
}
