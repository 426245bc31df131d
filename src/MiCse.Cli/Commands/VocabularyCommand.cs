using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Files;
using MiCse.Tokenization.Training;

namespace MiCse.Cli.Commands;

/// <summary>Texts → a WordPiece vocabulary.</summary>
internal sealed class VocabularyCommand : MiCseCommand
{
    private static readonly WordPieceTrainerOptions s_defaults = new();

    private readonly TextArguments _texts = new();
    private readonly Option<int?> _size = Number.Optional("--size", "Pieces in the vocabulary, special tokens included.", 1);
    private readonly Option<int> _characters = Number.WithDefault(
        "--max-characters", "Characters kept at most, the most frequent ones; a word with any other becomes [UNK].", 1, () => s_defaults.MaxCharacters);

    private readonly Option<long> _minFrequency = Number.WithDefault(
        "--min-frequency", "How often two pieces must occur next to each other to be merged.", 1L, () => s_defaults.MinFrequency);

    private readonly Option<bool> _cased = new("--cased") { Description = "Keep capital letters and accents." };
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public VocabularyCommand()
        : base(
            "vocabulary",
            "Makes a WordPiece vocabulary of texts and writes it as the tokenizer files of a BERT model.",
            "micse vocabulary sentences.txt.gz --size 20000 --output tokenizer")
    {
        _size.Required = true;
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Vocabulary", _size, _characters, _minFrequency, _cased);
        AddGroup("Output", _output, _json, _threads);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var size = arguments.GetRequiredValue(_size)!.Value;
        var options = new WordPieceTrainerOptions
        {
            Size = size,
            MaxCharacters = arguments.GetValue(_characters),
            MinFrequency = arguments.GetValue(_minFrequency),
        };
        var words = ProgressDisplay.Run(streams, "counting", "texts", progress => WordCounts.Count(
            _texts.Read(arguments, streams, cancellationToken),
            !arguments.GetValue(_cased),
            arguments.GetValue(_threads),
            new CountProgress(progress),
            cancellationToken));
        var tokenizer = ProgressDisplay.Run(streams, "merging", "pieces", progress => WordPieceTrainer.Train(
            words, _texts.Name(arguments), options, new CountProgress(progress, size), cancellationToken));
        AtomicFolder.Write(output, tokenizer.Save);

        Report(arguments, streams, tokenizer.VocabularySize, VocabularyCoverage.Measure(tokenizer, words), output);
        if (tokenizer.VocabularySize < size)
        {
            streams.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"micse: the vocabulary has {tokenizer.VocabularySize:N0} pieces instead of {size:N0}: no other two occur {options.MinFrequency:N0} times next to each other."));
        }

        return ExitCode.Done;
    }

    private void Report(ParseResult arguments, StandardStreams streams, int size, VocabularyCoverage coverage, string output)
    {
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["size"] = size,
                ["coverage"] = coverage.KnownShare,
                ["wholeWords"] = coverage.WholeShare,
                ["piecesPerWord"] = coverage.PiecesPerWord,
            });
            return;
        }

        var culture = CultureInfo.InvariantCulture;
        Columns.Write(
            streams.Output,
            [
                ["size", size.ToString("N0", culture)],
                ["words in the texts", coverage.Words.ToString("N0", culture)],
                ["- without [UNK]", string.Create(culture, $"{100 * coverage.KnownShare:0.00} %")],
                ["- in one piece", string.Create(culture, $"{100 * coverage.WholeShare:0.00} %")],
                ["pieces per word", string.Create(culture, $"{coverage.PiecesPerWord:0.000}")],
                ["tokenizer", output],
            ]);
    }
}
