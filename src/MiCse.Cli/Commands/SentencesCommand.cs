using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data.Corpora;

namespace MiCse.Cli.Commands;

/// <summary>Prose → clean sentences to train on.</summary>
internal sealed class SentencesCommand : MiCseCommand
{
    private static readonly (SentenceFault Fault, string Name, string Meaning)[] s_faults =
    [
        (SentenceFault.TooShort, "tooShort", "too short"),
        (SentenceFault.TooLong, "tooLong", "too long"),
        (SentenceFault.NoCapital, "noCapital", "no capital letter at the start"),
        (SentenceFault.NoFinalMark, "noFinalMark", "no . ? or ! at the end"),
        (SentenceFault.Address, "address", "web or mail address"),
        (SentenceFault.Markup, "markup", "markup or control characters"),
        (SentenceFault.Brackets, "brackets", "brackets do not pair"),
        (SentenceFault.Quotes, "quotes", "quotes do not pair"),
        (SentenceFault.Gap, "gap", "gap where something was removed"),
        (SentenceFault.FewLetters, "fewLetters", "few letters"),
        (SentenceFault.LongWord, "longWord", "overlong word"),
        (SentenceFault.Duplicate, "duplicate", "there already"),
    ];

    private static readonly SentenceFilterOptions s_defaults = new();

    private readonly TextArguments _texts = new();
    private readonly Option<int> _minWords =
        Number.WithDefault("--min-words", "Fewest words of a sentence.", 1, () => s_defaults.MinWords);

    private readonly Option<int> _maxWords =
        Number.WithDefault("--max-words", "Most words of a sentence.", 1, () => s_defaults.MaxWords);

    private readonly OutputOption _output = OutputOption.File("The file to write, one sentence a line: .txt, .txt.gz or .txt.zst.", "sentences", ".txt", ".txt.gz", ".txt.zst");

    private readonly Option<bool> _json = CommonOptions.Json();

    public SentencesCommand()
        : base(
            "sentences",
            "Cuts English prose, such as Wikipedia's paragraphs, into clean sentences to train on; counts what was dropped and why.",
            "micse sentences articles.jsonl --column text --output sentences.txt.gz")
    {
        _output.Required = true;
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Sentences", _minWords, _maxWords);
        AddGroup("Output", _output, _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var filter = OptionValues.Read(_maxWords.Name, () => new SentenceFilter(
            new SentenceFilterOptions { MinWords = arguments.GetValue(_minWords), MaxWords = arguments.GetValue(_maxWords) }));
        var texts = _texts.Read(arguments, streams, cancellationToken);
        var counts = ProgressDisplay.Run(
            streams, "cutting", "texts", progress => SentenceFile.Write(output, texts, filter, new CountProgress(progress), cancellationToken));
        var dropped = counts.Dropped.ToDictionary();

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["texts"] = counts.Texts,
                ["sentences"] = counts.Sentences,
                ["kept"] = counts.Kept,
                ["dropped"] = new JsonObject(s_faults.Select(fault => KeyValuePair.Create(fault.Name, (JsonNode?)dropped[fault.Fault]))),
                ["output"] = output,
            });
            return ExitCode.Done;
        }

        Columns.Write(
            streams.Output,
            [
                Row("texts", counts.Texts, null),
                Row("sentences", counts.Sentences, null),
                .. s_faults.Where(fault => dropped[fault.Fault] > 0).Select(fault => Row($"- {fault.Meaning}", dropped[fault.Fault], counts.Sentences)),
                Row("kept", counts.Kept, counts.Sentences),
            ],
            1,
            2);
        return ExitCode.Done;
    }

    private static string[] Row(string name, long count, long? of) =>
    [
        name,
        count.ToString("N0", CultureInfo.InvariantCulture),
        of is > 0 ? (100.0 * count / of.Value).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "",
    ];
}
