using System.Text.Json;
using MiCse.Files;

namespace MiCse.Models;

/// <summary>Reads config.json and collects everything that is wrong with it, so that one message lists all of it.</summary>
internal sealed class BertConfigReader
{
    private const int MaximumVocabulary = 100_000_000;
    private const int MaximumWidth = 1 << 20;
    private const int MaximumLayers = 10_000;

    private readonly JsonElement _json;
    private readonly List<string> _problems = [];

    private BertConfigReader(JsonElement json) => _json = json;

    public static BertConfig Read(string path) => Read(path, JsonFile.ReadObject(path));

    /// <summary>Refuses a configuration that <see cref="Read(string)"/> would refuse, before anything is written.</summary>
    public static void Check(string path, BertConfig config)
    {
        using var json = JsonDocument.Parse(config.ToJson());
        Read(path, json.RootElement);
    }

    private static BertConfig Read(string path, JsonElement json)
    {
        var reader = new BertConfigReader(json);
        var config = reader.Read();
        return reader._problems is { Count: 0 }
            ? config
            : throw new ModelFormatException(path, "this model cannot be run: " + string.Join("; ", reader._problems));
    }

    private BertConfig Read()
    {
        var architecture = ReadArchitecture();
        var config = new BertConfig
        {
            Architecture = architecture,
            VocabularySize = Integer("vocab_size", null, 1, MaximumVocabulary),
            HiddenSize = Integer("hidden_size", null, 1, MaximumWidth),
            Layers = Integer("num_hidden_layers", null, 0, MaximumLayers),
            Heads = Integer("num_attention_heads", null, 1, MaximumWidth),
            IntermediateSize = Integer("intermediate_size", null, 1, MaximumWidth),
            MaxPositions = Integer("max_position_embeddings", null, 1, MaximumVocabulary),
            TypeVocabularySize = Integer("type_vocab_size", 2, 1, MaximumWidth),
            PadTokenId = Integer("pad_token_id", architecture == BertArchitecture.Roberta ? 1 : 0, 0, MaximumVocabulary),
            LayerNormEpsilon = Number("layer_norm_eps", 1e-12, value => value is > 0 and < 1, "a number between 0 and 1"),
            HiddenDropout = Number("hidden_dropout_prob", 0.1, IsProbability, "a probability below 1"),
            AttentionDropout = Number("attention_probs_dropout_prob", 0.1, IsProbability, "a probability below 1"),
            InitializerRange = Number("initializer_range", 0.02, value => value is >= 0 and < 1e6, "a number from 0"),
        };
        Expect("hidden_act", "gelu", "the activation");
        Expect("position_embedding_type", "absolute", "the kind of positions");
        if (_json.IsTrue("is_decoder") || _json.IsTrue("add_cross_attention"))
        {
            _problems.Add("is_decoder or add_cross_attention is true (a decoder; supported are encoders)");
        }

        CheckTogether(config);
        return config;
    }

    private void CheckTogether(BertConfig config)
    {
        if (_problems.Count > 0)
        {
            return;
        }

        if (config.HiddenSize % config.Heads != 0)
        {
            _problems.Add($"hidden_size {config.HiddenSize} is not a multiple of num_attention_heads {config.Heads}");
        }

        if (config.PadTokenId >= config.VocabularySize)
        {
            _problems.Add($"pad_token_id {config.PadTokenId} is not below vocab_size {config.VocabularySize}");
        }

        long rows = Math.Max(Math.Max(config.VocabularySize, config.MaxPositions), Math.Max(config.IntermediateSize, config.HiddenSize));
        if (rows * config.HiddenSize * sizeof(float) > Array.MaxLength)
        {
            _problems.Add($"a weight of {rows} × hidden_size {config.HiddenSize} numbers takes more than the 2 GB that one tensor may have");
        }

        if (config.MaxTokens < 2)
        {
            _problems.Add($"max_position_embeddings {config.MaxPositions} leaves no room for the two special tokens of a text");
        }
    }

    private BertArchitecture ReadArchitecture()
    {
        // Configs from before transformers 3 name the class only.
        var spelled = _json.Text("model_type") ?? FirstArchitecture();
        switch (spelled)
        {
            case "bert":
                return BertArchitecture.Bert;
            case "roberta":
                return BertArchitecture.Roberta;
            case null:
                _problems.Add("model_type is missing (supported are bert and roberta)");
                return BertArchitecture.Bert;
            default:
                _problems.Add($"model_type is '{spelled}' (supported are bert and roberta)");
                return BertArchitecture.Bert;
        }
    }

    private string? FirstArchitecture()
    {
        var name = _json.Value("architectures") is { ValueKind: JsonValueKind.Array } names && names.GetArrayLength() > 0
            && names[0].ValueKind == JsonValueKind.String ? names[0].GetString()! : null;
        return name switch
        {
            null => null,
            _ when name.StartsWith("Bert", StringComparison.Ordinal) => "bert",
            _ when name.StartsWith("Roberta", StringComparison.Ordinal) => "roberta",
            _ => name,
        };
    }

    private void Expect(string key, string supported, string what)
    {
        if (_json.Value(key) is { } value && (value.ValueKind != JsonValueKind.String || value.GetString() != supported))
        {
            _problems.Add($"{key} is {value.GetRawText()} ({what} supported is \"{supported}\")");
        }
    }

    private int Integer(string key, int? absent, int minimum, int maximum)
    {
        if (_json.Value(key) is not { } value)
        {
            if (absent is null)
            {
                _problems.Add($"{key} is missing");
            }

            return absent ?? minimum;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        _problems.Add($"{key} is {Shorten(value)} (expected is a whole number from {minimum} to {maximum})");
        return minimum;
    }

    private double Number(string key, double absent, Func<double, bool> isValid, string expected)
    {
        if (_json.Value(key) is not { } value)
        {
            return absent;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && isValid(number))
        {
            return number;
        }

        _problems.Add($"{key} is {Shorten(value)} (expected is {expected})");
        return absent;
    }

    private static bool IsProbability(double value) => value is >= 0 and < 1;

    private static string Shorten(JsonElement value) => value.GetRawText() is { Length: <= 40 } text ? text : value.GetRawText()[..40] + "…";
}
