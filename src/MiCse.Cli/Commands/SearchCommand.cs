using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>The texts of an index that are most like others.</summary>
internal sealed class SearchCommand : MiCseCommand
{
    private readonly Argument<string> _index = IndexArgument.Create();
    private readonly Argument<string[]> _queries = new("QUERY")
    {
        HelpName = "QUERY …",
        Description = "The texts to look for; each is a search of its own.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> _k = Number.WithDefault("-k", "Hits at most.", 1, () => 10);
    private readonly Option<double?> _minScore = Number.Optional("--min-score", "Leave out hits with a lower score.", NumberRanges.Any);
    private readonly Option<SimilarityMeasure?> _measure = new Choice<SimilarityMeasure>(
        ("cosine", SimilarityMeasure.Cosine), ("dot", SimilarityMeasure.DotProduct)).ToOption("--measure", "What the score is (default: cosine).");

    private readonly IndexModelOptions _model = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document a query instead of text for people." };

    public SearchCommand()
        : base("search", "Finds the texts of an index that are most like a query, exactly.", "micse search questions.index \"How do I reset my password?\" -k 3")
    {
        Add(_index);
        Add(_queries);
        AddGroup("Search", _k, _minScore, _measure);
        AddGroup("Model", _model.All);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var measure = arguments.GetValue(_measure) ?? SimilarityMeasure.Cosine;
        if (measure == SimilarityMeasure.Cosine && arguments.GetValue(_minScore) is { } score && !NumberRanges.Cosine.Contains(score))
        {
            throw new UsageException($"{_minScore.Name}: expected a number{NumberRanges.Cosine}, found '{score.ToString(CultureInfo.InvariantCulture)}'; only --measure dot has other scores.");
        }

        var path = arguments.GetRequiredValue(_index);
        var queries = arguments.GetRequiredValue(_queries);
        using var index = VectorIndex.Open(path);
        using var encoder = _model.Load(index.Source, path, arguments, streams, cancellationToken);
        var encoded = encoder.Encode(queries, null, cancellationToken);
        var options = new SearchOptions
        {
            Measure = measure,
            MinScore = arguments.GetValue(_minScore),
            Threads = _model.Threads(arguments),
        };
        var hits = index.Search(encoded.Embeddings, arguments.GetValue(_k), options, cancellationToken);
        for (var query = 0; query < queries.Length; query++)
        {
            if (arguments.GetValue(_json))
            {
                Json.WriteLine(streams.Output, ToJson(queries[query], hits[query]));
                continue;
            }

            if (queries.Length > 1)
            {
                streams.Output.WriteLine($"{(query == 0 ? "" : "\n")}{VisibleText.Of(queries[query])}");
            }

            Columns.Write(streams.Output, [.. hits[query].Select(ToRow)], 0, 1);
        }

        Truncation.Report(streams.Error, encoded.TruncatedCount, queries.Length, encoder.MaxTokens);
        return ExitCode.Done;
    }

    private static JsonObject ToJson(string query, IReadOnlyList<SearchHit> hits) => new()
    {
        ["query"] = query,
        ["hits"] = Json.Array(hits.Select(hit => new JsonObject { ["id"] = hit.Id, ["score"] = hit.Score, ["text"] = hit.Text })),
    };

    private static string[] ToRow(SearchHit hit) => [hit.Score.ToString("0.0000", CultureInfo.InvariantCulture), hit.Id, hit.Text];
}
