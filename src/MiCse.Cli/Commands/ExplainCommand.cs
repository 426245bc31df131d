using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Explanation;
using MiCse.Explanation;
using MiCse.Files;
using MiCse.Models;
using MiCse.Training.Explanation;
using MiCse.Views.Explanation;

namespace MiCse.Cli.Commands;

/// <summary>Two texts → which words and which attention heads make them similar.</summary>
internal sealed class ExplainCommand : MiCseCommand
{
    private const int Pairs = AttentionExplainer.DefaultPairs;

    private readonly Argument<string> _first = new("A") { Description = "A text." };
    private readonly Argument<string> _second = new("B") { Description = "The text to compare it with." };
    private readonly ModelOptions _model = new();
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly OutputOption _output = OutputOption.File(
        "Write a page as well (.html), with the texts, the words and the heat maps in colour.", "an explanation", ".html");

    private readonly Option<bool> _json = CommonOptions.Json();

    public ExplainCommand()
        : base(
            "explain",
            "Explains the similarity of two texts: what each word contributes, which tokens are similar, and how "
            + "steadily each attention head looks (attention mutual information between dropout views, and between the texts when they have equally many tokens).",
            "micse explain \"A man plays the guitar.\" \"Someone makes music.\" --output why.html")
    {
        Add(_first);
        Add(_second);
        AddGroup("Model", _model.All);
        AddGroup("Attention", _seed);
        AddGroup("Output", _output, _json);
    }

    public override string? Missing => LibTorchFetch.Notice();

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetValue(_output);
        var (first, second) = (arguments.GetRequiredValue(_first), arguments.GetRequiredValue(_second));
        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var pair = ProgressDisplay.Run(
            streams, "leaving words out", "texts", progress => PairExplanation.Of(encoder, first, second, new EncodingProgress(progress, null), cancellationToken));
        var explained = new ExplainedPair(arguments.GetRequiredValue(_model.Model), encoder.Pooling.Name, pair)
        {
            Config = encoder.Folder.Config,
            Attention = encoder.Folder is { Config.Layers: 0 } or { Precision: EncoderPrecision.Int8 } ? null : CompareAttention(encoder, pair, arguments, streams, cancellationToken),
        };
        if (output is not null)
        {
            AtomicFile.Write(output, stream => ExplanationPage.Write(stream, explained));
        }

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, ExplanationJson.Of(explained));
        }
        else
        {
            ExplanationReport.Print(streams, explained, output);
        }

        Truncation.Report(streams.Error, new[] { pair.First, pair.Second }.Count(text => text.Truncated), 2, encoder.MaxTokens);
        return ExitCode.Done;
    }

    private PairAttention CompareAttention(
        SentenceEncoder encoder, PairExplanation pair, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        LibTorchFetch.Ensure(streams, cancellationToken);
        using var explainer = AttentionExplainer.Load(encoder);
        return new PairAttention(
            Shown(BetweenViews(pair.First)), Shown(BetweenViews(pair.Second)), pair.First.Tokens.Count == 0 ? null : Shown(explainer.BetweenTexts(pair.First.Text, pair.Second.Text)));

        static HeadInformation? Shown(AttentionInformation? information) => information is null
            ? null
            : new HeadInformation(information.Heads, information.Layers?.ToString(), information.MutualInformation, information.Pairs);

        // Of an empty text there are only start and end token, which tell nothing.
        AttentionInformation? BetweenViews(TextExplanation text) => text.Tokens.Count == 0
            ? null
            : ProgressDisplay.Run(streams, "comparing attention", "pairs of views", progress => explainer.BetweenViews(
                text.Text, Pairs, arguments.GetValue(_seed), new CountProgress(progress, Pairs), cancellationToken));
    }
}
