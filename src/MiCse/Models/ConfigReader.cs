using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Files;

namespace MiCse.Models;

/// <summary>Reads config.json and collects everything that is wrong with it, so that one message lists all of it.</summary>
internal sealed class ConfigReader
{
    /// <summary>The most rows of a table.</summary>
    public const int MaximumVocabulary = 100_000_000;

    /// <summary>The most dimensions of anything.</summary>
    public const int MaximumWidth = 1 << 20;

    /// <summary>The most layers.</summary>
    public const int MaximumLayers = 10_000;

    private readonly JsonElement _json;
    private readonly string _path; // of a section, with a dot at its end
    private readonly List<string> _problems;

    private ConfigReader(JsonElement json, string path, List<string> problems) => (_json, _path, _problems) = (json, path, problems);

    /// <summary>Reads a file.</summary>
    /// <param name="path">config.json.</param>
    /// <param name="families">The families that are known.</param>
    /// <exception cref="ModelFormatException">Lists everything that is wrong.</exception>
    public static EncoderShape Read(string path, IReadOnlyList<ModelFamily> families) => Read(path, JsonFile.ReadObject(path), families);

    /// <summary>Refuses a shape that <see cref="Read(string, IReadOnlyList{ModelFamily})"/> would refuse or read as another, before anything is written.</summary>
    public static void Check(string path, EncoderShape shape)
    {
        using var json = JsonDocument.Parse(shape.ToJson());
        var read = Read(path, json.RootElement, [shape.Family]);
        if (read.IntermediateSize != shape.IntermediateSize)
        {
            throw new ModelFormatException(path, $"an intermediate size of {shape.IntermediateSize} would be read as {read.IntermediateSize}, since the family rounds it up: take {read.IntermediateSize}");
        }
    }

    /// <summary>The sizes and constants under the keys of a family.</summary>
    public EncoderShape ReadShape(ModelFamily family)
    {
        var keys = family.Keys;
        var (vocabulary, hidden) = (Integer(keys.VocabularySize, null, 1, MaximumVocabulary), Integer(keys.HiddenSize, null, 1, MaximumWidth));
        var shape = new EncoderShape(family)
        {
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            Layers = Integer(keys.Layers, null, 0, MaximumLayers),
            Heads = Integer(keys.Heads, null, 1, MaximumWidth),
            IntermediateSize = Integer(keys.IntermediateSize, keys.DefaultIntermediateSize?.Invoke(hidden), 1, MaximumWidth),
            MaxPositions = Integer(keys.MaxPositions, null, 1, MaximumVocabulary),
            TypeVocabularySize = Integer(keys.TypeVocabularySize, 2, 1, MaximumWidth),
            PadTokenId = Integer(keys.PadTokenId, family.PadTokenId, 0, MaximumVocabulary),
            EmbeddingSize = keys.EmbeddingSize is null ? null : Integer(keys.EmbeddingSize, 128, 1, MaximumWidth),
            Activation = Activation(keys.Activation, keys.DefaultActivation),
            LayerNormEpsilon = Number(keys.LayerNormEpsilon, keys.DefaultLayerNormEpsilon, value => value is > 0 and < 1, "a number between 0 and 1"),
            HiddenDropout = Number(keys.HiddenDropout, keys.DefaultDropout, IsProbability, "a probability below 1"),
            AttentionDropout = Number(keys.AttentionDropout, keys.DefaultDropout, IsProbability, "a probability below 1"),
            InitializerRange = Number(keys.InitializerRange, 0.02, value => value is >= 0 and < 1e6, "a number from 0"),
        };
        foreach (var constant in keys.Constants)
        {
            Expect(constant);
        }

        return shape.EmbeddingSize == shape.HiddenSize ? shape with { EmbeddingSize = null } : shape;
    }

    /// <summary>An object within the file; null where there is none.</summary>
    public ConfigReader? Section(string key)
    {
        if (_json.Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new ConfigReader(value, $"{_path}{key}.", _problems);
        }

        Refuse($"{_path}{key} is {JsonFile.Shorten(value)} (expected is an object)");
        return null;
    }

    /// <summary>Reports a problem.</summary>
    public void Refuse(string problem) => _problems.Add(problem);

    /// <summary>Whether a key is there, with the value null.</summary>
    public bool IsNull(string key) => _json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>True or false.</summary>
    public bool Flag(string key, bool absent)
    {
        if (_json.Value(key) is not { } value)
        {
            return absent;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Refuse($"{_path}{key} is {JsonFile.Shorten(value)} (expected is true or false)");
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A text; what is not text is as if it were absent.</summary>
    public string Text(string key, string absent) => _json.Text(key) ?? absent;

    /// <summary>The texts of a list; null where there is none. What is not text in it is empty.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (_json.Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")];
        }

        Refuse($"{_path}{key} is {JsonFile.Shorten(value)} (expected is a list)");
        return null;
    }

    /// <summary>Refuses other values of a setting than the one that is computed.</summary>
    public void Expect(ConfigKeys.Constant constant)
    {
        if (_json.Value(constant.Key) is { } value && !JsonNode.DeepEquals(JsonNode.Parse(value.GetRawText()), constant.Value))
        {
            Refuse($"{_path}{constant.Key} is {JsonFile.Shorten(value)} ({constant.What} supported is {constant.Value.ToJsonString()})");
        }
    }

    /// <summary>A whole number.</summary>
    /// <param name="key">Its key; null for one that the family does not have.</param>
    /// <param name="absent">The value where the key is absent; null: that is a problem.</param>
    /// <param name="minimum">The least it may be.</param>
    /// <param name="maximum">The most.</param>
    public int Integer(string? key, int? absent, int minimum, int maximum)
    {
        if (key is null || _json.Value(key) is not { } value)
        {
            if (absent is null)
            {
                Refuse($"{_path}{key} is missing");
            }

            return absent ?? minimum;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Refuse($"{_path}{key} is {JsonFile.Shorten(value)} (expected is a whole number from {minimum} to {maximum})");
        return minimum;
    }

    /// <summary>A number.</summary>
    /// <param name="key">Its key; null for one that the family does not have.</param>
    /// <param name="absent">The value where the key is absent.</param>
    /// <param name="isValid">Whether it may have a value.</param>
    /// <param name="expected">What it may be, for a message.</param>
    public double Number(string? key, double absent, Func<double, bool> isValid, string expected)
    {
        if (key is null || _json.Value(key) is not { } value)
        {
            return absent;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && isValid(number))
        {
            return number;
        }

        Refuse($"{_path}{key} is {JsonFile.Shorten(value)} (expected is {expected})");
        return absent;
    }

    private static EncoderShape Read(string path, JsonElement json, IReadOnlyList<ModelFamily> families)
    {
        var reader = new ConfigReader(json, "", []);
        var shape = reader.FindFamily(families).ReadConfig(reader);
        if (json.IsTrue("is_decoder") || json.IsTrue("add_cross_attention"))
        {
            reader._problems.Add("is_decoder or add_cross_attention is true (a decoder; supported are encoders)");
        }

        if (reader._problems.Count == 0)
        {
            reader.CheckTogether(shape);
        }

        return reader._problems.Count == 0
            ? shape
            : throw new ModelFormatException(path, "this model cannot be run: " + string.Join("; ", reader._problems));
    }

    private void CheckTogether(EncoderShape shape)
    {
        var keys = shape.Family.Keys;
        if (shape.HiddenSize % shape.Heads != 0)
        {
            _problems.Add($"{keys.HiddenSize} {shape.HiddenSize} is not a multiple of {keys.Heads} {shape.Heads}");
        }

        if (shape.PadTokenId >= shape.VocabularySize)
        {
            _problems.Add($"{keys.PadTokenId} {shape.PadTokenId} is not below {keys.VocabularySize} {shape.VocabularySize}");
        }

        var plan = shape.Plan;
        long rows = Math.Max(Math.Max(shape.VocabularySize, plan.Positions is null ? 0 : shape.MaxPositions), Math.Max(shape.IntermediateSize, shape.HiddenSize));
        if (rows * shape.HiddenSize * sizeof(float) > Array.MaxLength)
        {
            _problems.Add($"a weight of {rows} × {keys.HiddenSize} {shape.HiddenSize} numbers takes more than the 2 GB that one tensor may have");
        }

        if (shape.MaxTokens < 2)
        {
            _problems.Add($"{keys.MaxPositions} {shape.MaxPositions} leaves no room for the two special tokens of a text");
        }

        if (plan.Rotary is not null && shape.HeadSize % 2 != 0)
        {
            _problems.Add($"a head has {shape.HeadSize} dimensions ({keys.HiddenSize} / {keys.Heads}), which cannot be turned in pairs");
        }
    }

    private ModelFamily FindFamily(IReadOnlyList<ModelFamily> families)
    {
        // Configs from before transformers 3 name the class only.
        var spelled = _json.Text("model_type");
        var name = spelled ?? FirstArchitecture();
        var found = families.FirstOrDefault(family =>
            spelled is null ? name?.StartsWith(family.ClassPrefix, StringComparison.Ordinal) ?? false : family.ModelType == spelled);
        if (found is null)
        {
            _problems.Add($"model_type is {(name is null ? "missing" : $"'{name}'")} (supported are {ModelFamily.List(families)})");
        }

        return found ?? families[0];
    }

    private string? FirstArchitecture() =>
        _json.Value("architectures") is { ValueKind: JsonValueKind.Array } names && names.GetArrayLength() > 0
        && names[0].ValueKind == JsonValueKind.String ? names[0].GetString() : null;

    private Activation Activation(string? key, Activation absent)
    {
        if (key is null || _json.Value(key) is not { } value)
        {
            return absent;
        }

        if (value.ValueKind == JsonValueKind.String && ActivationNames.TryParse(value.GetString()!, out var activation))
        {
            return activation;
        }

        Refuse($"{_path}{key} is {JsonFile.Shorten(value)} (the activations supported are {string.Join(", ", ActivationNames.All)})");
        return absent;
    }

    private static bool IsProbability(double value) => value is >= 0 and < 1;
}
