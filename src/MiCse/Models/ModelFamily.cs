using System.Text.Json.Nodes;

namespace MiCse.Models;

/// <summary>
/// Everything there is to know about one kind of encoder: how its config.json and its weights are spelled, and what it computes. A class of this kind is
/// the whole support of a family; what reads, runs, exports and trains models interprets these descriptions and knows no family.
/// </summary>
internal abstract class ModelFamily
{
    /// <summary>The families that can be loaded.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = 
    [
        new Bert(), new DistilBert(), new Roberta(), new XlmRoberta(), new Mpnet(), new ModernBert(), new NomicBert(), new Albert(), new Electra(),
    ];

    /// <summary><c>model_type</c> in config.json.</summary>
    public abstract string ModelType { get; }

    /// <summary>What the names of its classes in transformers begin with; "Model" or "ForMaskedLM" follows.</summary>
    public abstract string ClassPrefix { get; }

    /// <summary>How config.json spells the sizes and constants of <see cref="EncoderShape"/>.</summary>
    public virtual ConfigKeys Keys { get; } = new();

    /// <summary>How a checkpoint spells the weights of <see cref="WeightNames"/>.</summary>
    public abstract WeightMap Names { get; }

    /// <summary>The same for a shape, on whose settings the names may depend.</summary>
    public virtual WeightMap NamesOf(EncoderShape shape) => Names;

    /// <summary>What a fresh shape has for <see cref="EncoderShape.Settings"/>; null: the family has none of its own.</summary>
    public virtual FamilySettings? DefaultSettings => null;

    /// <summary><c>pad_token_id</c> where config.json has none.</summary>
    public virtual int PadTokenId => 0;

    /// <summary>The special token that the texts of its tokenizers start with, by which a fresh model's family is chosen; null: none is made.</summary>
    public virtual string? StartToken => null;

    /// <summary>What an encoder of a shape computes.</summary>
    public abstract EncoderPlan Plan(EncoderShape shape);

    /// <summary>Reads config.json; problems are reported to the reader. A family with settings of its own adds them to the shape.</summary>
    public virtual EncoderShape ReadConfig(ConfigReader json) => json.ReadShape(this);

    /// <summary>The keys of config.json besides <c>model_type</c> and <c>architectures</c>.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> WriteConfig(EncoderShape shape) => SettingsInConfig(shape)
        .Where(setting => setting.Value is not null).Select(setting => KeyValuePair.Create(setting.Key, setting.Value))
        .Concat(Keys.Write(shape)).DistinctBy(setting => setting.Key);

    /// <summary>Keys that come from the family's own settings, which also replace those of <see cref="Keys"/>; without a value they are not written.</summary>
    public virtual IEnumerable<(string Key, JsonNode? Value)> SettingsInConfig(EncoderShape shape) => [];

    /// <summary>A fresh model's shape, as published models of the family have it, from one with the family's defaults whose positions are as many as its tokens.</summary>
    public virtual EncoderShape Fresh(EncoderShape shape) => shape;

    /// <summary>The family of a <c>model_type</c>.</summary>
    /// <exception cref="ArgumentException">There is none; lists those there are.</exception>
    public static ModelFamily Of(string modelType) =>
        All.FirstOrDefault(family => family.ModelType == modelType)
        ?? throw new ArgumentException($"'{modelType}' is no model type that is supported; supported are {List(All)}.", nameof(modelType));

    /// <summary>The family of a fresh model: the one whose texts start with a token, else the first.</summary>
    public static ModelFamily OfTokenizer(string? startToken) => All.FirstOrDefault(family => family.StartToken == startToken) ?? All[0];

    /// <summary>The model types of families for a message: "a, b and c".</summary>
    public static string List(IReadOnlyList<ModelFamily> families)
    {
        var types = families.Select(family => family.ModelType).ToList();
        return types.Count == 1 ? types[0] : $"{string.Join(", ", types.SkipLast(1))} and {types[^1]}";
    }
}

/// <summary>What a family's config.json says beyond <see cref="EncoderShape"/>.</summary>
internal abstract record FamilySettings;
