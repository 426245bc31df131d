using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Targets;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>The texts of an index that are most like others.</summary>
internal sealed class SearchCommand : MiCseCommand
{
    private readonly Argument<string> _index = new("INDEX")
    {
        Description = "The folder of the index, made with `micse index`; or the database of one that `micse index push` brought there, postgres://USER@HOST:PORT/DATABASE.",
    };

    private readonly PostgresArguments _postgres = new();
    private readonly Option<bool> _exact = new("--exact") { Description = "Find all of the nearest texts, without an approximate index; a folder is searched so unless --recall says otherwise." };
    private readonly Argument<string[]> _queries = new("QUERY")
    {
        HelpName = "[QUERY …]",
        Description = "The texts to look for; each is a search of its own.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly ColumnOptions _columns = new();
    private readonly TextFileOption _queryFile;

    private readonly Option<int> _top = Number.WithDefault("--top", "Hits of a query at most.", 1, () => 10);
    private readonly Option<double?> _minScore = Number.Optional("--min-score", "Leave out hits with a lower score.", NumberRanges.Any);
    private readonly Option<SimilarityMeasure?> _measure = new Choice<SimilarityMeasure>(Enum.GetValues<SimilarityMeasure>(), measure => measure.Name()).ToOption(
        "--measure", "What the score is; distances are negated (default: what the model folder says, else cosine).");

    private readonly Option<double?> _recall = Number.Optional(
        "--recall", "The share of the nearest texts that is enough: 0.95 reads a small part of an index that `micse index compact --approximate` has divided (default: 1, all).",
        new NumberRange<double>(0, 1) { AboveLeast = true });

    private readonly IndexModelOptions _model = new();
    private readonly OutputOption _output = OutputOption.File(
        "Write a file instead: .jsonl has a line a query, as --json prints them; .csv has a row a hit.", "hits", ResultFile.Endings);

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document a query instead of text for people." };

    public SearchCommand()
        : base("search", "Finds the texts of an index that are most like a query; exactly, unless --recall or an index in a database allows less.", "micse search questions.index \"How do I reset my password?\" -k 3")
    {
        _top.Aliases.Add("-k");
        _queryFile = new TextFileOption("--queries", "A file of more texts to look for", _columns);
        Add(_index);
        Add(_queries);
        AddGroup("Queries", [_queryFile, .. _columns.All]);
        AddGroup("Search", _top, _minScore, _measure, _recall, _exact);
        AddGroup("Model", _model.All);
        AddGroup("Database", _postgres.Table, _postgres.EfSearch);
        AddGroup("Output", _output, _json);
        Validators.Add(result =>
        {
            if (result.GetValue(_queryFile) is null && result.GetValue(_queries) is null or [])
            {
                result.AddError("a query is needed: as an argument, or in a file named by --queries.");
            }
        });
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetRequiredValue(_index);
        string[] queries = [.. arguments.GetValue(_queries) ?? [], .. _queryFile.Read(arguments, streams, cancellationToken) ?? []];
        using var index = Open(path, arguments, cancellationToken);
        using var encoder = _model.LoadForQueries(index.Source, path, arguments, streams, cancellationToken);
        var measure = arguments.GetValue(_measure) ?? encoder.Measure;
        if (measure == SimilarityMeasure.Cosine && arguments.GetValue(_minScore) is { } score && !NumberRanges.Cosine.Contains(score))
        {
            throw new UsageException($"{_minScore.Name}: expected a number{NumberRanges.Cosine}, found '{score.ToString(CultureInfo.InvariantCulture)}'; only other measures, such as --measure dot, have other scores.");
        }

        var encoded = encoder.EncodeQuery(queries, null, cancellationToken);
        var options = new SearchOptions
        {
            Measure = measure,
            MinScore = arguments.GetValue(_minScore),
            Threads = _model.Threads(arguments),
        };
        var hits = index.Search(encoded.Embeddings, arguments.GetValue(_top), options, cancellationToken);
        var output = arguments.GetValue(_output);
        if (output is not null)
        {
            ResultFile.Write(output, queries.Zip(hits), found => ToJson(found.First, found.Second), "query,rank,id,score,text", found => ToCsv(found.First, found.Second));
        }

        if (arguments.GetValue(_json))
        {
            foreach (var (query, found) in queries.Zip(hits))
            {
                Json.WriteLine(streams.Output, ToJson(query, found));
            }
        }
        else if (output is not null)
        {
            Columns.Write(
                streams.Output,
                [
                    ["queries", queries.Length.ToString("N0", CultureInfo.InvariantCulture)],
                    ["hits", hits.Sum(found => found.Count).ToString("N0", CultureInfo.InvariantCulture)],
                    ["written", output],
                ]);
        }
        else
        {
            Print(queries, hits, streams.Output);
        }

        if (index.Remark is { } remark)
        {
            streams.Error.WriteLine($"micse: note: {remark}");
        }

        Truncation.Report(streams.Error, encoded.TruncatedCount, queries.Length, encoder.MaxTokens);
        return ExitCode.Done;
    }

    private ISearchTarget Open(string path, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (PostgresArguments.IsAddress(path))
        {
            return OpenDatabase(path, arguments, cancellationToken);
        }

        foreach (var option in new Option[] { _postgres.Table, _postgres.EfSearch })
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"{option.Name}: is for databases, postgres://…, and {path} is a folder.");
            }
        }

        return new FolderTarget(path, arguments.GetValue(_exact) ? null : arguments.GetValue(_recall));
    }

    // By itself, so that the client of databases is loaded for them alone.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PostgresTarget OpenDatabase(string address, ParseResult arguments, CancellationToken cancellationToken) => arguments.Take(() =>
        new PostgresTarget(address, _postgres.TableOf(arguments), arguments.GetValue(_exact), arguments.GetValue(_postgres.EfSearch), cancellationToken));

    private static void Print(string[] queries, IReadOnlyList<IReadOnlyList<SearchHit>> hits, TextWriter output)
    {
        for (var query = 0; query < queries.Length; query++)
        {
            if (queries.Length > 1)
            {
                output.WriteLine($"{(query == 0 ? "" : "\n")}{VisibleText.Of(queries[query])}");
            }

            Columns.Write(output, [.. hits[query].Select(ToRow)], 0, 1);
        }
    }

    private static JsonObject ToJson(string query, IReadOnlyList<SearchHit> hits) => new()
    {
        ["query"] = query,
        ["hits"] = Json.Array(hits.Select(hit => new JsonObject { ["id"] = hit.Id, ["score"] = hit.Score, ["text"] = hit.Text })),
    };

    private static IEnumerable<string> ToCsv(string query, IReadOnlyList<SearchHit> hits) => hits.Select((hit, rank) =>
        string.Create(CultureInfo.InvariantCulture, $"{Csv.Quoted(query)},{rank + 1},{Csv.Quoted(hit.Id)},{hit.Score},{Csv.Quoted(hit.Text)}"));

    private static string[] ToRow(SearchHit hit) => [hit.Score.ToString("0.0000", CultureInfo.InvariantCulture), hit.Id, hit.Text];
}
