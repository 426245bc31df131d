using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Similarities of texts with other texts.</summary>
internal sealed class SimilarityCommand : MiCseCommand
{
    private readonly Argument<string[]> _texts = new("A")
    {
        HelpName = "A B [C …]",
        Description = "The text to compare, and those to compare it with; either of them may come from a file instead.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly ColumnOptions _columns = new();
    private readonly TextFileOption _sources;
    private readonly TextFileOption _others;
    private readonly Option<bool> _pairwise = new("--pairwise") { Description = "Compare the first text with the first, the second with the second and so on, instead of all with all." };
    private readonly Option<int?> _top = Number.Optional("--top", "Number of most similar texts to print for each text (default: all).", 1);
    private readonly ModelOptions _model = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document for each text that is compared instead of text for people." };

    public SimilarityCommand()
        : base(
            "similarity",
            "Similarity of a text with each of the others, best first: the cosine, unless the model folder names another measure.",
            "micse similarity \"A man plays the guitar.\" \"Someone makes music.\" \"It is raining.\"")
    {
        _sources = new TextFileOption("--queries", "A file of texts to compare, instead of A", _columns);
        _others = new TextFileOption("--texts", "A file of texts to compare with, instead of B", _columns);
        Add(_texts);
        AddGroup("Texts", [_sources, _others, .. _columns.All, _pairwise, _top]);
        AddGroup("Model", _model.All);
        AddGroup("Output", _json);
        Validators.Add(result =>
        {
            var given = result.GetValue(_texts)?.Length ?? 0;
            var (sources, others) = (result.GetValue(_sources) is not null, result.GetValue(_others) is not null);
            if (given < (sources ? 0 : 1) + (others ? 0 : 1))
            {
                result.AddError("a text and others to compare it with are needed: as arguments, or in files named by --queries and --texts.");
            }
            else if (others && given > (sources ? 0 : 1))
            {
                result.AddError("--texts: the texts to compare with are given twice, as arguments and as a file; give one of them.");
            }
        });
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var given = arguments.GetValue(_texts) ?? [];
        var sources = _sources.Read(arguments, streams, cancellationToken) ?? given[..1];
        var others = _others.Read(arguments, streams, cancellationToken) ?? (arguments.GetValue(_sources) is null ? given[1..] : given);
        var pairwise = arguments.GetValue(_pairwise);
        if (pairwise && sources.Count != others.Count)
        {
            throw new DataFormatException(
                arguments.GetValue(_others) ?? "the texts", null, $"{others.Count:N0} texts cannot be compared pairwise with {sources.Count:N0}; there must be as many on both sides.");
        }

        using var encoder = _model.Load(arguments, streams, cancellationToken);
        string[] all = [.. sources, .. others];
        var encoded = all.Length == given.Length // A few arguments are done before a progress bar is drawn.
            ? encoder.Encode(all, null, cancellationToken)
            : ProgressDisplay.Run(streams, "encoding", "texts", progress => encoder.Encode(all, new EncodingProgress(progress, all.Length), cancellationToken));
        if (encoder.Measure != SimilarityMeasure.Cosine)
        {
            streams.Error.WriteLine($"micse: scores are {Scores(encoder.Measure)}, as {encoder.ModelId} is to be compared.");
        }

        if (pairwise)
        {
            PrintPairs(sources, others, encoded.Embeddings, encoder.Measure, arguments, streams);
        }
        else
        {
            for (var row = 0; row < sources.Count; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var scores = Scores(row, sources.Count, others, encoded.Embeddings, encoder.Measure);
                scores = scores[..Math.Min(scores.Length, arguments.GetValue(_top) ?? int.MaxValue)];
                PrintScores(sources, row, scores, encoder.Measure, arguments, streams);
            }
        }

        Truncation.Report(streams.Error, encoded.TruncatedCount, all.Length, encoder.MaxTokens);
        return ExitCode.Done;
    }

    private static string Scores(SimilarityMeasure measure) => measure switch
    {
        SimilarityMeasure.DotProduct => "dot products",
        SimilarityMeasure.Euclidean => "Euclidean distances, negated",
        SimilarityMeasure.Manhattan => "Manhattan distances, negated",
        _ => "cosines",
    };

    /// <summary>The texts with their scores, best first.</summary>
    private static ScoredText[] Scores(int source, int sources, IReadOnlyList<string> others, EmbeddingMatrix embeddings, SimilarityMeasure measure)
    {
        var scored = new ScoredText[others.Count];
        for (var index = 0; index < scored.Length; index++)
        {
            scored[index] = new ScoredText(others[index], index, Similarity.Of(measure, embeddings[source], embeddings[sources + index]));
        }

        Array.Sort(scored, static (first, second) => first.Score != second.Score ? second.Score.CompareTo(first.Score) : first.Index.CompareTo(second.Index));
        return scored;
    }

    private void PrintScores(
        IReadOnlyList<string> sources, int row, IReadOnlyList<ScoredText> scores, SimilarityMeasure measure, ParseResult arguments, StandardStreams streams)
    {
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["model"] = arguments.GetValue(_model.Model),
                ["measure"] = measure.Name(),
                ["source"] = sources[row],
                ["scores"] = Json.Array(scores.Select(pair => new JsonObject { ["text"] = pair.Text, ["score"] = pair.Score })),
            });
            return;
        }

        if (sources.Count > 1)
        {
            streams.Output.WriteLine($"{(row == 0 ? "" : "\n")}{VisibleText.Of(sources[row])}");
        }

        Columns.Write(streams.Output, [.. scores.Select(pair => new[] { Figure(pair.Score), pair.Text })], rightAligned: 0);
    }

    private void PrintPairs(
        IReadOnlyList<string> sources, IReadOnlyList<string> others, EmbeddingMatrix embeddings, SimilarityMeasure measure, ParseResult arguments, StandardStreams streams)
    {
        var pairs = sources.Select((text, row) => (A: text, B: others[row], Score: Similarity.Of(measure, embeddings[row], embeddings[sources.Count + row]))).ToList();
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["model"] = arguments.GetValue(_model.Model),
                ["measure"] = measure.Name(),
                ["pairs"] = Json.Array(pairs.Select(pair => new JsonObject { ["a"] = pair.A, ["b"] = pair.B, ["score"] = pair.Score })),
            });
            return;
        }

        Columns.Write(streams.Output, [.. pairs.Select(pair => new[] { Figure(pair.Score), pair.A, pair.B })], rightAligned: 0);
    }

    private sealed record ScoredText(string Text, int Index, double Score);

    private static string Figure(double score) => score.ToString("0.0000", CultureInfo.InvariantCulture);
}
