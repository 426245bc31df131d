using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Evaluation;
using MiCse.Data;
using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;
using MiCse.Files;

namespace MiCse.Cli.Commands;

/// <summary>What <c>micse evaluate</c> does with triplets: a text, one that means the same, and one that does not.</summary>
internal sealed class TripletEvaluation
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = Json.Options.Encoder };
    private static readonly string[] s_roles = ["anchor", "positive", "negative"];

    private readonly Option<string[]> _columns = new("--column")
    {
        Description = $"The columns of text, one that means the same and one that does not, so three times: names, or numbers from 1 with --no-header (default: {string.Join(", ", s_roles)}).",
        HelpName = "COLUMN",
    };

    private readonly Option<string?> _label = new("--label-column")
    {
        Description = "A column that says of what kind a triplet is: each kind gets a row of its own.",
        HelpName = "COLUMN",
    };

    private readonly ColumnOptions _format = new();

    /// <summary>The file of triplets.</summary>
    public Option<string?> File { get; } = new("--triplets")
    {
        Description = "Score these triplets instead of SentEval's tasks: how often a text is more similar to one that means the same than to one that does not. "
            + ".csv, .tsv, .jsonl or .parquet, also with .gz or .zst after it.",
        HelpName = "FILE",
        Validators = { RefuseEmpty },
    };

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [File, _columns, _label, _format.NoHeader, _format.Quoted];

    /// <summary>Refuses options that say nothing about SentEval's tasks.</summary>
    /// <exception cref="UsageException">One is given.</exception>
    public void RefuseOthers(ParseResult arguments)
    {
        if (All.Skip(1).FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } option)
        {
            throw new UsageException($"{option.Name}: is for {File.Name}; SentEval's files have their own columns.");
        }
    }

    /// <summary>Scores a model, and another if there is one, and prints the result.</summary>
    /// <param name="arguments">The command line; <see cref="File"/> is given.</param>
    /// <param name="streams">Where results go.</param>
    /// <param name="model">The options of models.</param>
    /// <param name="against">The other model; null for none.</param>
    /// <param name="output">A file ending in .md or .json; null for none.</param>
    /// <param name="json">Whether a document is printed instead of a table.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="DataFormatException">There are no triplets in the file.</exception>
    public void Run(ParseResult arguments, StandardStreams streams, ModelOptions model, string? against, string? output, bool json, CancellationToken cancellationToken)
    {
        var triplets = Read(arguments, streams, cancellationToken);
        var name = arguments.GetRequiredValue(model.Model);
        var view = new TripletView(name, Score(name), against, against is null ? null : Score(against));
        if (output is not null)
        {
            AtomicFile.Write(output, stream =>
            {
                using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
                if (output.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                {
                    writer.WriteLine(view.ToJson().ToJsonString(s_indented));
                }
                else
                {
                    writer.Write($"# {name}\n\n");
                    view.Table().WriteMarkdown(writer);
                }
            });
        }

        if (json)
        {
            Json.WriteLine(streams.Output, view.ToJson());
        }
        else
        {
            var table = view.Table();
            Columns.Write(streams.Output, [table.Header, .. table.Rows], [.. Enumerable.Range(1, table.Header.Count - 1)]);
        }

        IReadOnlyList<TripletScore> Score(string name)
        {
            using var encoder = model.Load(name, arguments, streams, cancellationToken);
            string[] texts = [.. triplets.SelectMany(triplet => triplet.Texts).Distinct(StringComparer.Ordinal)];
            var encoded = ProgressDisplay.Run(streams, against is null ? "evaluating" : $"evaluating {name}", "texts",
                progress => encoder.Encode(texts, new EncodingProgress(progress, texts.Length), cancellationToken));
            Truncation.Report(streams.Error, encoded.TruncatedCount, texts.Length, encoder.MaxTokens);
            var embeddings = new SentenceEmbeddings();
            embeddings.Add(texts, [.. Enumerable.Range(0, texts.Length).Select(row => encoded.Embeddings[row].ToArray())]);
            return TripletScore.Of([.. triplets.Select(triplet => triplet.Label)], [.. triplets.Select(triplet => Margin(triplet.Texts))]);

            double Margin(string[] texts) => Similarity(texts[0], texts[1]) - Similarity(texts[0], texts[2]);
            double Similarity(string first, string second) => Vectors.Similarity.Of(encoder.Measure, embeddings[first], embeddings[second]);
        }
    }

    private static void RefuseEmpty(OptionResult result)
    {
        if (result.Tokens is [{ Value: "" }])
        {
            result.AddError("--triplets: an empty text names no file.");
        }
    }

    private List<(string[] Texts, string? Label)> Read(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var noHeader = arguments.GetValue(_format.NoHeader);
        string[] columns = arguments.GetValue(_columns) is { Length: > 0 } named ? named : noHeader ? ["1", "2", "3"] : s_roles;
        if (columns.Length != s_roles.Length)
        {
            throw new UsageException($"{_columns.Name}: three columns are needed, for {s_roles[0]}, {s_roles[1]} and {s_roles[2]}, so give it three times; found {columns.Length}.");
        }

        ColumnOptions.CheckNumbers(_columns, columns, noHeader);
        var label = arguments.GetValue(_label);
        if (columns.Append(label).GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
        {
            throw new UsageException($"{_columns.Name}: '{twice}' is named twice, and a column can be one thing only.");
        }

        ColumnOptions.CheckNumbers(_label, label is null ? [] : [label], noHeader);
        var path = OptionValues.Read(File.Name, () => HubFetch.DataFile(arguments.GetValue(File)!, streams, cancellationToken));
        var options = _format.ToOptions(arguments) with { Columns = label is null ? columns : [.. columns, label] };
        List<(string[] Texts, string? Label)> triplets = [];
        foreach (var row in TextFile.ReadRows(path, options))
        {
            string[] texts = [.. row.Values.Take(s_roles.Length)];
            if (Array.FindIndex(texts, string.IsNullOrWhiteSpace) is >= 0 and var empty)
            {
                throw new DataFormatException(path, row.Line, $"the {s_roles[empty]} is empty; a triplet needs three texts.");
            }

            triplets.Add((texts, label is null ? null : row.Values[s_roles.Length] is { Length: > 0 } kind ? kind : "(none)"));
        }

        return triplets.Count > 0 ? triplets : throw new DataFormatException(path, null, "holds no triplets.");
    }
}
