using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Search;

namespace MiCse.Cli.Commands;

/// <summary>Paraphrase mining: the pairs of similar texts in a file.</summary>
internal sealed class PairsCommand : MiCseCommand
{
    private static readonly ParaphraseOptions s_defaults = new();

    private readonly TextArguments _texts = new();
    private readonly Option<double> _minScore = Number.WithDefault("--min-score", "The least cosine of a pair.", NumberRanges.Cosine, () => s_defaults.MinScore);
    private readonly Option<int> _neighbors = Number.WithDefault(
        "--neighbors", "A pair counts when one of the two is among this number of most similar texts of the other.", 1, () => s_defaults.Neighbors);

    private readonly Option<int?> _top = Number.Optional("--top", "Number of most similar pairs to keep (default: all).", 1);
    private readonly ModelOptions _model = new();
    private readonly OutputOption _output = OutputOption.File("Write a file instead of standard output, ending in .jsonl or .csv.", "pairs", ResultFile.Endings);
    private readonly Option<bool> _json = CommonOptions.Json();

    public PairsCommand()
        : base("pairs", "Finds texts that say the same: all pairs of similar texts in a file, best first.", "micse pairs tickets.csv --column subject --min-score 0.9")
    {
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Pairs", _minScore, _neighbors, _top);
        AddGroup("Model", _model.All);
        AddGroup("Output", _output, _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var texts = _texts.Read(arguments, streams, cancellationToken).ToList();
        var encoded = ProgressDisplay.Run(
            streams, "encoding", "texts", progress => encoder.Encode(texts, new EncodingProgress(progress, texts.Count), cancellationToken));
        var options = new ParaphraseOptions
        {
            MinScore = arguments.GetValue(_minScore),
            Neighbors = arguments.GetValue(_neighbors),
            Threads = arguments.GetValue(_model.Threads),
        };
        var pairs = ProgressDisplay.Run(streams, "comparing", "texts", progress => ParaphraseMining.Find(
            encoded.Embeddings, options, new CountProgress(progress, texts.Count), cancellationToken));
        pairs = [.. pairs.Take(arguments.GetValue(_top) ?? int.MaxValue)];

        var output = arguments.GetValue(_output);
        if (output is not null)
        {
            ResultFile.Write(output, pairs, pair => ToJson(pair, texts), "a,b,score,aNumber,bNumber", pair => [ToCsv(pair, texts)]);
        }

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["pairs"] = Json.Array(pairs.Select(pair => ToJson(pair, texts))) });
        }
        else if (output is not null)
        {
            Columns.Write(streams.Output, [["pairs", pairs.Count.ToString("N0", CultureInfo.InvariantCulture)], ["written", output]]);
        }
        else
        {
            Columns.Write(streams.Output, [.. pairs.SelectMany(pair => ToRows(pair, texts))], 0, 1);
        }

        CosineNote.Write(streams.Error, encoder, "pairs");
        Truncation.Report(streams.Error, encoded.TruncatedCount, texts.Count, encoder.MaxTokens);
        return ExitCode.Done;
    }

    private static JsonObject ToJson(SentencePair pair, List<string> texts) => new()
    {
        ["a"] = texts[pair.First],
        ["b"] = texts[pair.Second],
        ["score"] = pair.Score,
        ["aNumber"] = pair.First + 1,
        ["bNumber"] = pair.Second + 1,
    };

    private static string ToCsv(SentencePair pair, List<string> texts) => string.Create(
        CultureInfo.InvariantCulture, $"{Csv.Quoted(texts[pair.First])},{Csv.Quoted(texts[pair.Second])},{pair.Score},{pair.First + 1},{pair.Second + 1}");

    private static IEnumerable<string[]> ToRows(SentencePair pair, List<string> texts) =>
    [
        [pair.Score.ToString("0.0000", CultureInfo.InvariantCulture), RowNumber(pair.First), texts[pair.First]],
        ["", RowNumber(pair.Second), texts[pair.Second]],
    ];

    private static string RowNumber(int row) => (row + 1).ToString(CultureInfo.InvariantCulture);
}
