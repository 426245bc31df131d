using System.CommandLine;
using MiCse.Models;

namespace MiCse.Cli.Options;

/// <summary>The options of <c>micse mcp</c>. The program that answers is another one, which compiles this file as well.</summary>
internal sealed class McpOptions
{
    public Option<string> Model { get; } = new("--model", "-m")
    {
        Description = "The model: a folder, the built-in model, or an id on the Hugging Face Hub, ORGANISATION/NAME[@REVISION].",
        HelpName = "MODEL",
        DefaultValueFactory = _ => ModelSource.BuiltIn,
    };

    public Option<EncoderPrecision?> Precision { get; } =
        new Choice<EncoderPrecision>([EncoderPrecision.Float32, EncoderPrecision.Int8], precision => precision.Name()).ToOption(
            "--precision", "Arithmetic of the encoder (default: fp32 where the model has float weights).");

    public Option<int?> Threads { get; } = Number.Optional("--threads", "Processor threads (default: all).", 1);

    public Option<string[]> Indexes { get; } = new("--index")
    {
        Description = "An index of this model that the tool search looks in, under a name; without one under that of its folder. May be given several times.",
        HelpName = "[NAME=]INDEX",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    public Option<int> MaxTexts { get; } = Number.WithDefault("--max-texts", "Texts of a call at most.", 1, () => 256);

    /// <summary>All of them under their headings, in the order of the help page.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups =>
    [
        ("Model", [Model, Precision, Threads]),
        ("Tools", [Indexes, MaxTexts]),
    ];
}
