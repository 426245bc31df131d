using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Cosine of one text with others.</summary>
internal sealed class SimilarityCommand : MiCseCommand
{
    private readonly Argument<string> _source = new("A") { Description = "The text to compare." };
    private readonly Argument<string[]> _others = new("B")
    {
        HelpName = "B [C …]",
        Description = "The texts to compare it with.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly ModelOptions _model = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    public SimilarityCommand()
        : base(
            "similarity",
            "Cosine similarity of a text with each of the others, best first.",
            "micse similarity \"A man plays the guitar.\" \"Someone makes music.\" \"It is raining.\"")
    {
        Add(_source);
        Add(_others);
        AddGroup("Model", _model.All);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var source = arguments.GetRequiredValue(_source);
        var others = arguments.GetRequiredValue(_others);
        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var encoded = encoder.Encode([source, .. others], null, cancellationToken);

        var scores = others
            .Select((text, index) => (Text: text, Score: Similarity.Cosine(encoded.Embeddings[0], encoded.Embeddings[index + 1])))
            .OrderByDescending(pair => pair.Score)
            .ToList();
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["model"] = arguments.GetValue(_model.Model),
                ["source"] = source,
                ["scores"] = Json.Array(scores.Select(pair => new JsonObject { ["text"] = pair.Text, ["score"] = pair.Score })),
            });
        }
        else
        {
            Columns.Write(
                streams.Output,
                [.. scores.Select(pair => new[] { pair.Score.ToString("0.0000", CultureInfo.InvariantCulture), pair.Text })],
                rightAligned: 0);
        }

        Truncation.Report(streams.Error, encoded.TruncatedCount, others.Length + 1, encoder.MaxTokens);
        return ExitCode.Done;
    }
}
