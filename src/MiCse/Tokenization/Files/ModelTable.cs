using System.Text.Json;
using MiCse.Tokenization.Models;

namespace MiCse.Tokenization.Files;

/// <summary>The models of tokenizer.json.</summary>
internal static class ModelTable
{
    private static readonly StageTable<ITokenModel> Table = new(
        StageTable<ITokenModel>.Format("WordPiece", ReadWordPiece, WriteWordPiece),
        StageTable<ITokenModel>.Format("BPE", ReadBpe, WriteBpe));

    /// <summary>Reads a model; old files leave its type out.</summary>
    public static ITokenModel Read(JsonSetting model) =>
        Table.Read(model, usualType: !model.IsNull && model["merges"].IsNull ? "WordPiece" : "BPE");

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
        model["continuing_subword_prefix"].AllowOnly("");
        model["end_of_word_suffix"].AllowOnly("");
        model["fuse_unk"].AllowOnly(false);
        model["byte_fallback"].AllowOnly(false);
        model["ignore_merges"].AllowOnly(false);
        return new Bpe(VocabularyReader.InOrder(model["vocab"]), [.. model["merges"].Items.Select(ReadMerge)], model["unk_token"].AsText());
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
        json.WriteNull("dropout");
        json.WriteString("unk_token", model.UnknownToken);
        json.WriteString("continuing_subword_prefix", "");
        json.WriteString("end_of_word_suffix", "");
        json.WriteBoolean("fuse_unk", false);
        json.WritePropertyName("vocab");
        TokenizerJsonWriter.WriteVocabulary(json, model.Tokens);
        json.WriteStartArray("merges");
        foreach (var (left, right) in model.Merges)
        {
            json.WriteStringValue($"{left} {right}");
        }

        json.WriteEndArray();
    }
}
