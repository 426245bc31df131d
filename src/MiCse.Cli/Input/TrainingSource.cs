using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Data;
using MiCse.ModelFolders;
using MiCse.Training.Batches;

namespace MiCse.Cli.Input;

/// <summary>What a training starts from and where it goes: model, sentences, output folder, and whether it goes on there.</summary>
/// <param name="columns">What the columns of the data are for, as a sentence.</param>
/// <param name="training">What messages call the training.</param>
internal sealed class TrainingSource(string columns, string training)
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
        Description = "A column to use, up to three times: a name, or a number from 1 with --no-header (default: all columns).",
        HelpName = "COLUMN",
    };

    private readonly Option<bool> _noHeader = ColumnOptions.CreateNoHeader();
    private readonly OutputOption _output = OutputOption.Folder();

    /// <summary>Everything but <see cref="Resume"/>, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [_model, _data, _columns, _noHeader, _output];

    /// <summary>Whether the training in the output folder goes on.</summary>
    public Option<bool> Resume { get; } = new("--resume") { Description = $"Continue the unfinished {training} in the output folder, to the same bits." };

    /// <summary>The folder to write.</summary>
    public string Output(ParseResult arguments) => arguments.GetRequiredValue(_output);

    /// <summary>The model, fetched from the Hub if need be.</summary>
    public ModelFolder OpenModel(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken));

    /// <summary>The sentences, fetched from the Hub if need be.</summary>
    public SentenceCorpus LoadCorpus(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = new TextFileOptions { Columns = arguments.GetValue(_columns) ?? [], NoHeader = arguments.GetValue(_noHeader) };
        ColumnOptions.CheckNumbers(_columns, options.Columns, options.NoHeader);
        List<SentenceCorpus> files =
        [
            .. arguments.GetRequiredValue(_data).SelectMany(FilePattern.Expand).Select(name => SentenceCorpus.Load(
                OptionValues.Read(_data.Name, () => HubFetch.DataFile(name, streams, cancellationToken)), options, cancellationToken)),
        ];
        return files is [var only]
            ? only
            : OptionValues.Read(_data.Name, () => new SentenceCorpus(
                string.Join(", ", files.Select(file => file.Name)), [.. files.SelectMany(file => file.Examples)]));
    }
}
