using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;

namespace MiCse.Cli.Views.Models;

/// <summary>What <c>info</c> says about a model.</summary>
internal sealed class ModelDescription(string name, ModelFolder folder, long parameters, Tokenizer tokenizer)
{
    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var config = folder.Config;
        return new JsonObject
        {
            ["model"] = name,
            ["folder"] = folder.Path,
            ["files"] = Files(),
            ["weightsBytes"] = folder.WeightsByteCount,
            ["architecture"] = Architecture,
            ["layers"] = config.Layers,
            ["hidden"] = config.HiddenSize,
            ["heads"] = config.Heads,
            ["intermediate"] = config.IntermediateSize,
            ["vocabulary"] = config.VocabularySize,
            ["maxPositions"] = config.MaxPositions,
            ["parameters"] = parameters,
            ["precision"] = folder.Precision.Name(),
            ["pooling"] = Pooling,
            ["poolingSource"] = folder.Pooling.Source,
            ["normalize"] = folder.Pooling.Normalize,
            ["prompts"] = new JsonObject(folder.Prompts.ByName.Select(prompt => KeyValuePair.Create(prompt.Key, (JsonNode?)prompt.Value))),
            ["defaultPrompt"] = folder.Prompts.DefaultName,
            ["similarity"] = folder.Prompts.Similarity,
            ["lowerCase"] = folder.Preparation.LowerCase,
            ["maxTokens"] = folder.MaxTokens,
            ["tokenizer"] = TokenizerKind,
            ["tokenizerStages"] = Stages.ToString(),
            ["license"] = folder.License,
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
            ["weights", string.Create(culture, $"{Inside(folder.WeightsPath)}, {folder.WeightsByteCount / 1e6:N1} MB ({folder.WeightsReason})")],
            ["architecture", string.Create(culture, $"{Architecture}, {config.Layers} layers of {config.HiddenSize}, {config.Heads} heads, {config.IntermediateSize} intermediate")],
            ["parameters", parameters.ToString("N0", culture)],
            ["precision", folder.Precision == EncoderPrecision.Int8 ? "int8" : "fp32, or int8 with --precision int8"],
            ["pooling", $"{Pooling}{(folder.Pooling.Normalize ? ", scaled to length 1" : "")} ({folder.Pooling.Source})"],
            ["prompts", Prompts],
            ["similarity", folder.Prompts.Similarity],
            ["texts", folder.Preparation.LowerCase ? "lower-cased before the tokenizer" : "given to the tokenizer as they are"],
            ["tokens", string.Create(culture, $"{folder.MaxTokens} at most, special tokens included")],
            ["tokenizer", string.Create(culture, $"{TokenizerKind}, {tokenizer.VocabularySize:N0} ids")],
            ["stages", Stages.ToString()],
            ["files", string.Join(", ", UsedFiles().Select(file => Inside(file.Path)))],
            ["licence", folder.License ?? "not named in README.md"],
        ];
    }

    private JsonArray Files() =>
        Json.Array(UsedFiles().Select(file => new JsonObject { ["file"] = Inside(file.Path), ["why"] = file.Why }));

    private IEnumerable<(string Path, string Why)> UsedFiles()
    {
        yield return (Path.Combine(folder.TransformerPath, "config.json"), "architecture and sizes");
        yield return (folder.WeightsPath, $"weights: {folder.WeightsReason}");
        var files = new TokenizerFiles(folder.TransformerPath);
        IEnumerable<(string? Path, string Why)> tokenizerFiles = files.TokenizerJson is not null
            ? [(files.TokenizerJson, "tokenizer: the complete description, preferred to vocabulary files")]
            : [(files.VocabularyText ?? files.VocabularyJson, "tokenizer: the vocabulary"), (files.VocabularyText is null ? files.Merges : null, "tokenizer: the merges")];
        foreach (var (path, why) in tokenizerFiles
            .Concat([(files.Config, "tokenizer settings"), (files.SpecialTokensMap, "special tokens"), (files.AddedTokens, "added tokens")]))
        {
            if (path is not null)
            {
                yield return (path, why);
            }
        }
    }

    private string Inside(string path) => Path.GetRelativePath(folder.Path, path);

    private string Prompts => folder.Prompts.ByName.Count == 0
        ? "none"
        : string.Join(", ", folder.Prompts.ByName.Select(prompt =>
            $"{prompt.Key} \"{prompt.Value}\"{(prompt.Key == folder.Prompts.DefaultName ? " (default: before every text)" : "")}"));

    private string Architecture => folder.Config.ModelType;

    private string Pooling => folder.Pooling.Pooling.Name();

    private TokenizerStages Stages => TokenizerStages.Of(tokenizer.Parts);

    private string TokenizerKind => tokenizer.Parts.Model.Name;
}
