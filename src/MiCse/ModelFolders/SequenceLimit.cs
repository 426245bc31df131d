using System.Text.Json;
using MiCse.Files;
using MiCse.Models;

namespace MiCse.ModelFolders;

/// <summary>The longest sequence a model folder allows.</summary>
internal static class SequenceLimit
{
    public static int Read(string folder, string transformer, EncoderShape config)
    {
        var limit = config.MaxTokens;
        foreach (var (path, key) in new[]
        {
            (Path.Combine(transformer, "tokenizer_config.json"), "model_max_length"),
            (Path.Combine(transformer, "sentence_bert_config.json"), "max_seq_length"),
            (Path.Combine(folder, "sentence_bert_config.json"), "max_seq_length"),
        })
        {
            limit = Math.Min(limit, ReadLimit(path, key) ?? limit);
        }

        RefuseLowerCasing(transformer);
        return limit;
    }

    /// <summary>A sensible limit, or null: tokenizers write 1e30 for "none", and less than three tokens leave no room for a text.</summary>
    private static int? ReadLimit(string path, string key) =>
        File.Exists(path) && JsonFile.ReadObject(path).Value(key) is { ValueKind: JsonValueKind.Number } value
        && value.TryGetDouble(out var number) && number is >= 3 and <= int.MaxValue ? (int)number : null;

    /// <summary>sentence-transformers can lower-case texts before a tokenizer that does not; tokenizing otherwise would give other vectors.</summary>
    private static void RefuseLowerCasing(string transformer)
    {
        var path = Path.Combine(transformer, "sentence_bert_config.json");
        var tokenizer = Path.Combine(transformer, "tokenizer_config.json");
        if (File.Exists(path) && JsonFile.ReadObject(path).IsTrue("do_lower_case")
            && File.Exists(tokenizer) && !JsonFile.ReadObject(tokenizer).IsTrue("do_lower_case"))
        {
            throw new ModelFormatException(path, "do_lower_case is true before a tokenizer that keeps case, which is not supported");
        }
    }
}
