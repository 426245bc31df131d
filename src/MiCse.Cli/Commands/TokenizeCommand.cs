using System.CommandLine;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Models;
using MiCse.ModelFolders;
using MiCse.Tokenization;

namespace MiCse.Cli.Commands;

/// <summary>Texts → ids.</summary>
internal sealed class TokenizeCommand : MiCseCommand
{
    private readonly TextArguments _texts = new();
    private readonly Option<string> _model = ModelOptions.CreateModel();
    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "A folder with tokenizer files alone, instead of a model.",
        HelpName = "FOLDER",
    };

    private readonly Option<int?> _maxTokens =
        Number.Optional("--max-tokens", "Longest sequence, [CLS] and [SEP] included; longer texts are cut (default: nothing is cut).", 3);

    private readonly Option<bool> _stages = new("--stages") { Description = "Name the tokenizer's stages first, and show what each makes of every text, on the error stream." };
    private readonly Option<bool> _json = CommonOptions.JsonLines();

    public TokenizeCommand()
        : base("tokenize", "Tokenizes texts: one line {\"text\", \"ids\"} each, special tokens included.", "echo \"Hello, world!\" | micse tokenize --tokenizer FOLDER")
    {
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Tokenizer", _model, _tokenizer, _maxTokens, _stages);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var tokenizer = Tokenizer.Load(
            arguments.GetValue(_tokenizer) ?? ModelFolder.Open(ModelName.Resolve(arguments.GetRequiredValue(_model), streams, cancellationToken)).TransformerPath);
        var maxTokens = arguments.GetValue(_maxTokens) ?? int.MaxValue;
        if (arguments.GetValue(_stages))
        {
            streams.Error.WriteLine($"micse: the stages are {string.Join(" → ", TokenizerStages.Of(tokenizer.Parts, isPlain: false))}.");
        }

        var (texts, truncated) = (0L, 0L);
        foreach (var text in _texts.Read(arguments, streams, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var tokenized = tokenizer.Tokenize(text, maxTokens);
            if (arguments.GetValue(_stages))
            {
                streams.Output.Flush();
                Columns.Write(streams.Error, [.. TokenizerStages.Trace(tokenizer, text, maxTokens).Select(stage => new[] { stage.Name, stage.Text })]);
            }

            Json.WriteLine(streams.Output, new JsonObject
            {
                ["text"] = text,
                ["ids"] = Json.Array(tokenized.Ids.Select(id => (JsonNode)id)),
            });
            texts++;
            truncated += tokenized.Truncated ? 1 : 0;
        }

        Truncation.Report(streams.Error, truncated, texts, maxTokens);
        return ExitCode.Done;
    }
}
