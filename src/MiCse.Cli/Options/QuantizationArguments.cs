using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Data;
using MiCse.Export;
using MiCse.Files;

namespace MiCse.Cli.Options;

/// <summary>How an int8 export is measured against float32.</summary>
internal sealed class QuantizationArguments
{
    /// <summary>Enough for the mean cosine to four digits, and done in seconds.</summary>
    private const int MostTexts = 1000;

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Texts to compare int8 with float32 on, the first {MostTexts:N0} of them (default: 300 texts of words drawn from the vocabulary).",
        HelpName = "FILE",
    };

    private readonly ColumnOptions _columns = new();

    private readonly Option<string?> _evaluation = new("--eval-data")
    {
        Description = "SentEval's downstream folder: both precisions are scored on STS Benchmark's development set too.",
        HelpName = "FOLDER",
    };

    private readonly Option<double> _minCosine = Number.WithDefault(
        "--min-cosine", "The least mean cosine of int8 embeddings to float32 ones; below it nothing is written.", new NumberRange<double>(0, 1), () => new OnnxExportOptions().MinCosine);

    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>All of them, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [_data, .. _columns.All, _evaluation, _minCosine, _threads];

    /// <summary>Refuses those that would do nothing, where int8 is not written.</summary>
    /// <exception cref="UsageException">One of them is given.</exception>
    public void RequireNone(ParseResult arguments)
    {
        Option[] measuring = [_data, .. _columns.All, _evaluation, _minCosine];
        if (Array.Find(measuring, option => arguments.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UsageException($"{given.Name}: is for measuring int8, which is written with --to onnx unless --weights-precision is fp32.");
        }
    }

    /// <summary>What they say.</summary>
    /// <exception cref="DataFormatException">There are fewer than two texts.</exception>
    public OnnxExportOptions ToOptions(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetValue(_data);
        return new OnnxExportOptions
        {
            MinCosine = arguments.GetValue(_minCosine),
            Texts = path is null ? null : Read(path, arguments, streams, cancellationToken),
            TextsSource = path is null ? null : $"from {Path.GetFileName(path)}",
            EvaluationFolder = arguments.GetValue(_evaluation),
            Threads = arguments.GetValue(_threads),
        };
    }

    private string[] Read(string path, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var texts = TextFile.ReadTexts(OptionValues.Read(_data.Name, () => HubFetch.DataFile(path, streams, cancellationToken)), _columns.ToOptions(arguments)).Distinct().Take(MostTexts).ToArray();
        return texts.Length >= 2
            ? texts
            : throw new DataFormatException(path, null, $"holds {texts.Length} different text{(texts.Length == 1 ? "" : "s")}; to compare precisions, at least 2 are needed.");
    }
}
