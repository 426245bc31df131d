using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Inference.Graphs;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse.Cli.Views.Models;

/// <summary>What <c>info</c> says about a model.</summary>
internal sealed class ModelDescription
{
    private readonly string _name;
    private readonly ModelFolder _folder;
    private readonly EncoderSettings _settings;
    private readonly long _parameters;
    private readonly Tokenizer _tokenizer;
    private readonly FolderContent _content;
    private readonly (EncoderPrecision Precision, string Reason)? _graph;

    /// <param name="name">What the user called it.</param>
    /// <param name="settings">The model, and how it is pooled.</param>
    public ModelDescription(string name, EncoderSettings settings)
    {
        (_name, _settings, _folder) = (name, settings, settings.Folder);
        _parameters = _folder.CountParameters();
        _tokenizer = _folder.Static is null ? Tokenizer.Load(_folder.TransformerPath) : Tokenizer.LoadPlain(_folder.TransformerPath);
        _content = new FolderContent(_folder, settings.Chain);
        _graph = _folder.IsForeignGraph ? Graph(settings) : null;
    }

    private EncoderPrecision Stored => _graph?.Precision ?? _folder.Precision;

    private string Family => _folder.Static is not { } table ? _folder.Config.ModelType : table.IsModel2Vec ? StaticEmbedding.Model2Vec : "static embeddings";

    // Chains without a transformer have no pooling but the mean that makes them.
    private string Pooling => _folder.Static is null ? _settings.Pooling.Name : "mean";

    private string Similarity => _folder.Prompts.Similarity;

    private IReadOnlyList<string> Modules =>
    [
        _folder.Static is { } table ? $"StaticEmbedding {table.Rows}×{table.Dimensions}" : "Transformer",
        .. _folder.Static is null ? [$"Pooling {Pooling}{(_settings.Chain.IncludePrompt ? "" : " without the prompt")}"] : Array.Empty<string>(),
        .. _settings.Chain.Modules.Select(module => $"{module}"),
    ];

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var config = _folder.Static is null ? _folder.Config : null;
        return new JsonObject
        {
            ["model"] = _name,
            ["folder"] = _folder.Path,
            ["files"] = Json.Array(_content.Used.Select(file => new JsonObject { ["file"] = file.Name, ["why"] = file.Why })),
            ["ignored"] = Json.Array(_content.Ignored().Select(part => new JsonObject { ["what"] = part.Name, ["why"] = part.Why })),
            ["weightsBytes"] = _folder.WeightsByteCount,
            ["architecture"] = Family,
            ["layers"] = config?.Layers,
            ["hidden"] = config?.HiddenSize,
            ["heads"] = config?.Heads,
            ["intermediate"] = config?.IntermediateSize,
            ["vocabulary"] = config?.VocabularySize ?? _folder.Static!.Tokens,
            ["maxPositions"] = config?.MaxPositions,
            ["parameters"] = _parameters,
            ["precision"] = Stored.Name(),
            ["graph"] = _graph?.Reason,
            ["pooling"] = Pooling,
            ["poolingSource"] = _settings.Pooling.Source,
            ["normalize"] = _settings.Pooling.Normalize,
            ["chain"] = Json.Array(Modules.Select(module => JsonValue.Create(module))),
            ["dimensions"] = _settings.Chain.SizeAfter(_folder.Static?.Dimensions ?? _settings.Chain.PooledSize(config!.HiddenSize)),
            ["prompts"] = new JsonObject(_folder.Prompts.ByName.Select(prompt => KeyValuePair.Create(prompt.Key, (JsonNode?)prompt.Value))),
            ["defaultPrompt"] = _folder.Prompts.DefaultName,
            ["queryPrompt"] = _folder.Prompts.Query,
            ["documentPrompt"] = _folder.Prompts.Document,
            ["similarity"] = Similarity,
            ["lowerCase"] = _folder.Preparation.LowerCase,
            ["maxTokens"] = _folder.MaxTokens == int.MaxValue ? null : _folder.MaxTokens,
            ["tokenizer"] = _tokenizer.Parts.Model.Name,
            ["tokenizerStages"] = Json.Array(TokenizerStages.Of(_tokenizer.Parts, isPlain: _folder.Static is not null).Select(stage => JsonValue.Create(stage))),
            ["license"] = _folder.License,
        };
    }

    /// <summary>For people.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ToRows()
    {
        var culture = CultureInfo.InvariantCulture;
        return
        [
            ["model", _name],
            ["folder", _folder.Path],
            ["family", Family],
            ["weights", string.Create(culture, $"{_content.Inside(_folder.WeightsPath)}, {_folder.WeightsByteCount / 1e6:N1} MB ({_folder.WeightsReason})")],
            ["architecture", Architecture(culture)],
            ["parameters", _parameters.ToString("N0", culture)],
            ["precision", Precision],
            .. _graph is { } graph ? (IReadOnlyList<string>[])[["graph", $"of another program: {graph.Reason}"]] : [],
            ["tokenizer", string.Create(culture, $"{string.Join(" → ", TokenizerStages.Of(_tokenizer.Parts, isPlain: _folder.Static is not null))}, {_tokenizer.VocabularySize:N0} ids")],
            ["texts", Texts],
            ["tokens", _folder.MaxTokens == int.MaxValue ? "as many as there are" : string.Create(culture, $"{_folder.MaxTokens} at most{(_folder.Static is null ? ", special tokens included" : "")}")],
            ["chain", $"{string.Join(" → ", Modules)}{(_settings.Chain.Modules.Count > 0 && File.Exists(Path.Combine(_folder.Path, SentenceTransformersModules.FileName)) ? $" ({SentenceTransformersModules.FileName})" : "")}"],
            ["pooling", $"{Pooling} ({(_folder.Static is null ? _settings.Pooling.Source : "of the tokens' vectors")})"],
            ["prompts", Prompts],
            .. _folder.Prompts.ByName.Count == 0 ? [] : (IReadOnlyList<string>[])[["search", $"queries get \"{_folder.Prompts.Query}\", documents \"{_folder.Prompts.Document}\""]],
            ["similarity", Similarity],
            ["files", string.Join(", ", _content.Used.Select(file => file.Name))],
            .. _content.Ignored().Select((part, index) => (IReadOnlyList<string>)[index == 0 ? "ignored" : "", $"{part.Name}: {part.Why}"]),
            ["licence", _folder.License ?? (File.Exists(Path.Combine(_folder.Path, ModelCard.FileName)) ? $"not named in {ModelCard.FileName}" : $"not known: the folder has no {ModelCard.FileName}")],
        ];
    }

    /// <summary>How an ONNX graph of another program is run, and why.</summary>
    private static (EncoderPrecision Precision, string Reason) Graph(EncoderSettings settings)
    {
        var graph = ForeignGraph.Open(
            settings.Folder.WeightsPath, settings.Folder.Config, settings.Chain, settings.Folder.ReadModuleWeights(), threads: 1, settings.Options.Precision);
        graph.Engine.Dispose();
        return (graph.Precision, graph.Reason);
    }

    private string Architecture(CultureInfo culture)
    {
        if (_folder.Static is { } table)
        {
            return string.Create(culture, $"a table of {table.Rows:N0} vectors of {table.Dimensions} for {table.Tokens:N0} tokens, stored as {table.Type}; no encoder");
        }

        var config = _folder.Config;
        return string.Create(culture, $"{config.ModelType}, {config.Layers} layers of {config.HiddenSize}, {config.Heads} heads, {config.IntermediateSize} intermediate");
    }

    private string Precision => _folder.Static is not null ? "fp32" : Stored == EncoderPrecision.Int8 ? "int8" : "fp32, or int8 with --precision int8";

    private string Texts => string.Join(", ", new[]
    {
        _folder.Preparation.Strip ? "white space at both ends removed" : null,
        _folder.Preparation.LowerCase ? "lower-cased before the tokenizer" : null,
        _folder.Static is { IsModel2Vec: true } ? "unknown tokens left out" : null,
    }.OfType<string>().DefaultIfEmpty("given to the tokenizer as they are"));

    private string Prompts
    {
        get
        {
            var prompts = _folder.Prompts;
            return prompts.ByName.Count == 0
                ? "none"
                : string.Join(", ", prompts.ByName.Select(prompt =>
                    $"{prompt.Key} \"{prompt.Value}\"{(prompt.Key == prompts.DefaultName ? " (default: before every text)" : "")}"));
        }
    }
}
