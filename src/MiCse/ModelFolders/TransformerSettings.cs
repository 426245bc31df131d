using System.Text.Json;
using MiCse.Files;
using MiCse.Models;

namespace MiCse.ModelFolders;

/// <summary>
/// What sentence-transformers keeps beside a transformer: sentence_bert_config.json, or the first of the names that the file had for other kinds of
/// models.
/// </summary>
/// <param name="MaxTokens"><c>max_seq_length</c>; null when the file does not say.</param>
/// <param name="LowerCase"><c>do_lower_case</c>: texts are lower-cased before the tokenizer.</param>
internal sealed record TransformerSettings(int? MaxTokens, bool LowerCase)
{
    /// <summary>The names of the file, the preferred one first.</summary>
    public static readonly string[] FileNames =
    [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
    ];

    /// <summary>Reads the file in the transformer's folder; without it nothing is set.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public static TransformerSettings Read(string transformer)
    {
        var path = FileNames.Select(name => Path.Combine(transformer, name)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            return new TransformerSettings(null, LowerCase: false);
        }

        var json = JsonFile.ReadObject(path);
        return new TransformerSettings(Limit(json.Value("max_seq_length")), json.IsTrue("do_lower_case"));
    }

    /// <summary>
    /// The longest sequence in tokens: <c>max_seq_length</c>, else the smaller of what the model and the tokenizer (<c>model_max_length</c>, formerly
    /// <c>max_len</c>) take; never more than the model takes.
    /// </summary>
    public int Longest(string transformer, EncoderShape config)
    {
        if (MaxTokens is { } given)
        {
            return Math.Min(given, config.MaxTokens);
        }

        var path = Path.Combine(transformer, "tokenizer_config.json");
        if (!File.Exists(path))
        {
            return config.MaxTokens;
        }

        var json = JsonFile.ReadObject(path);
        return Math.Min(config.MaxTokens, Limit(json.Value("model_max_length") ?? json.Value("max_len")) ?? int.MaxValue);
    }

    /// <summary>A sensible limit, or null: tokenizers write 1e30 for "none", and less than three tokens leave no room for a text.</summary>
    private static int? Limit(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var limit) && limit is >= 3 and <= int.MaxValue ? (int)limit : null;
}
