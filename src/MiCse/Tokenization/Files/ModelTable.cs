using System.Text.Json;
using MiCse.Tokenization.Models;

namespace MiCse.Tokenization.Files;

/// <summary>The models of tokenizer.json.</summary>
internal static class ModelTable
{
    private static readonly StageTable<ITokenModel> Table = new(
        StageTable<ITokenModel>.Format("WordPiece", ReadWordPiece, WriteWordPiece),
        StageTable<ITokenModel>.Format("BPE", ReadBpe, WriteBpe),
        StageTable<ITokenModel>.Format("Unigram", ReadUnigram, WriteUnigram),
        StageTable<ITokenModel>.Format(
            "WordLevel",
            model => new WordLevel(VocabularyReader.InOrder(model["vocab"]), model["unk_token"].RequiredText()),
            (json, model) =>
            {
                json.WritePropertyName("vocab");
                TokenizerJsonWriter.WriteVocabulary(json, model.Tokens);
                json.WriteString("unk_token", model.UnknownToken);
            }));

    /// <summary>Reads a model; old files leave its type out.</summary>
    public static ITokenModel Read(JsonSetting model) =>
        Table.Read(model, usualType: model.IsNull || !model["merges"].IsNull ? "BPE" : model["vocab"].Value.ValueKind == JsonValueKind.Array ? "Unigram" : "WordPiece");

    /// <summary>Writes a model.</summary>
    public static void Write(Utf8JsonWriter json, ITokenModel model) => Table.Write(json, model);

    private static WordPiece ReadWordPiece(JsonSetting model) => new(
        VocabularyReader.InOrder(model["vocab"]),
        model["unk_token"].AsText() ?? WordPiece.UsualUnknown,
        model["continuing_subword_prefix"].AsText() ?? WordPiece.UsualPrefix,
        model["max_input_chars_per_word"].AsInt() ?? WordPiece.UsualMaxCharacters);

    private static void WriteWordPiece(Utf8JsonWriter json, WordPiece model)
    {
        json.WriteString("unk_token", model.UnknownToken);
        json.WriteString("continuing_subword_prefix", model.ContinuationPrefix);
        json.WriteNumber("max_input_chars_per_word", model.MaxCharactersPerWord);
        json.WritePropertyName("vocab");
        TokenizerJsonWriter.WriteVocabulary(json, model.Tokens);
    }

    private static Bpe ReadBpe(JsonSetting model)
    {
        model["dropout"].AllowOnlyNull();
        List<JsonSetting> merges = [.. model["merges"].Items];
        var settings = new BpeSettings
        {
            UnknownToken = model["unk_token"].AsText(),
            FuseUnknown = model["fuse_unk"].AsBool() ?? false,
            ByteFallback = model["byte_fallback"].AsBool() ?? false,
            IgnoreMerges = model["ignore_merges"].AsBool() ?? false,
            ContinuationPrefix = model["continuing_subword_prefix"].AsText(),
            WordSuffix = model["end_of_word_suffix"].AsText(),
            MergesArePairs = merges is [{ Value.ValueKind: JsonValueKind.Array }, ..],
        };
        return new Bpe(VocabularyReader.InOrder(model["vocab"]), [.. merges.Select(ReadMerge)], settings);
    }

    /// <summary>Older files write a merge as "left right", newer ones as an array of two.</summary>
    private static (string Left, string Right) ReadMerge(JsonSetting merge)
    {
        string[] parts = merge.Value.ValueKind == JsonValueKind.Array
            ? [.. merge.Items.Select(part => part.RequiredText())]
            : merge.RequiredText().Split(' ');
        return parts is [var left, var right] ? (left, right) : throw merge.Refuse("two tokens");
    }

    private static void WriteBpe(Utf8JsonWriter json, Bpe model)
    {
        var settings = model.Settings;
        json.WriteNull("dropout");
        json.WriteString("unk_token", settings.UnknownToken);
        json.WriteString("continuing_subword_prefix", settings.ContinuationPrefix);
        json.WriteString("end_of_word_suffix", settings.WordSuffix);
        json.WriteBoolean("fuse_unk", settings.FuseUnknown);
        if (settings.ByteFallback)
        {
            json.WriteBoolean("byte_fallback", true);
        }

        if (settings.IgnoreMerges)
        {
            json.WriteBoolean("ignore_merges", true);
        }

        json.WritePropertyName("vocab");
        TokenizerJsonWriter.WriteVocabulary(json, model.Tokens);
        json.WriteStartArray("merges");
        foreach (var (left, right) in model.Merges)
        {
            if (settings.MergesArePairs)
            {
                json.WriteStartArray();
                json.WriteStringValue(left);
                json.WriteStringValue(right);
                json.WriteEndArray();
            }
            else
            {
                json.WriteStringValue($"{left} {right}");
            }
        }

        json.WriteEndArray();
    }

    private static Unigram ReadUnigram(JsonSetting model)
    {
        var unknown = model["unk_id"].AsInt() ?? throw model["unk_id"].Refuse("the id of a piece");
        return new Unigram(ReadPieces(model["vocab"]), unknown, model["byte_fallback"].AsBool() ?? false);
    }

    /// <summary>Pieces and their scores. There are hundreds of thousands, so their places are spelled out for those alone that are refused.</summary>
    private static List<(string Piece, double Score)> ReadPieces(JsonSetting vocabulary)
    {
        if (vocabulary.Value.ValueKind != JsonValueKind.Array)
        {
            throw vocabulary.Refuse("an array of pieces and their scores");
        }

        var pieces = new List<(string, double)>(vocabulary.Value.GetArrayLength());
        foreach (var entry in vocabulary.Value.EnumerateArray())
        {
            var isPiece = entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
                && entry[0].ValueKind == JsonValueKind.String && entry[1].ValueKind == JsonValueKind.Number;
            pieces.Add(isPiece
                ? (entry[0].GetString()!, entry[1].GetDouble())
                : throw new JsonSetting(vocabulary.File, $"{vocabulary.Key}[{pieces.Count}]", entry).Refuse("a piece and its score"));
        }

        return pieces;
    }

    private static void WriteUnigram(Utf8JsonWriter json, Unigram model)
    {
        json.WriteNumber("unk_id", model.UnknownId);
        json.WriteStartArray("vocab");
        for (var id = 0; id < model.Tokens.Count; id++)
        {
            json.WriteStartArray();
            json.WriteStringValue(model.Tokens[id]);
            json.WriteNumberValue(model.Scores[id]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteBoolean("byte_fallback", model.ByteFallback);
    }
}
