using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Checkpoints;
using MiCse.Cli.Options;
using MiCse.Tokenization;

namespace MiCse.Cli.Output;

/// <summary>What <c>info</c> says about a model.</summary>
internal sealed class ModelDescription(string name, ModelFolder folder, EncoderWeights weights, Tokenizer tokenizer)
{
    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var config = folder.Config;
        return new JsonObject
        {
            ["model"] = name,
            ["folder"] = folder.Path,
            ["weights"] = Path.GetFileName(folder.WeightsPath),
            ["architecture"] = Architecture,
            ["layers"] = config.Layers,
            ["hidden"] = config.HiddenSize,
            ["heads"] = config.Heads,
            ["intermediate"] = config.IntermediateSize,
            ["vocabulary"] = config.VocabularySize,
            ["maxPositions"] = config.MaxPositions,
            ["parameters"] = Parameters,
            ["pooling"] = Pooling,
            ["poolingSource"] = folder.Pooling.Source,
            ["normalize"] = folder.Pooling.Normalize,
            ["maxTokens"] = folder.MaxTokens,
            ["tokenizer"] = TokenizerKind,
        };
    }

    /// <summary>For people.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ToRows()
    {
        var config = folder.Config;
        var culture = CultureInfo.InvariantCulture;
        return
        [
            ["model", name],
            ["folder", folder.Path],
            ["weights", Path.GetFileName(folder.WeightsPath)],
            ["architecture", string.Create(culture, $"{Architecture}, {config.Layers} layers of {config.HiddenSize}, {config.Heads} heads, {config.IntermediateSize} intermediate")],
            ["parameters", Parameters.ToString("N0", culture)],
            ["pooling", $"{Pooling}{(folder.Pooling.Normalize ? ", scaled to length 1" : "")} ({folder.Pooling.Source})"],
            ["tokens", string.Create(culture, $"{folder.MaxTokens} at most, special tokens included")],
            ["tokenizer", string.Create(culture, $"{TokenizerKind}, {config.VocabularySize:N0} ids")],
        ];
    }

    private string Architecture => folder.Config.Architecture.ToString().ToLowerInvariant();

    private long Parameters => weights.Tensors.Values.Sum(tensor => tensor.ElementCount);

    private string Pooling => ModelOptions.Poolings.WordFor(folder.Pooling.Pooling);

    private string TokenizerKind => tokenizer.GetType().Name;
}
