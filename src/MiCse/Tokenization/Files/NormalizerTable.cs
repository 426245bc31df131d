using System.Text.Json;
using MiCse.Files;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Files;

/// <summary>The normalizers of tokenizer.json.</summary>
internal static class NormalizerTable
{
    /// <summary>The table.</summary>
    public static StageTable<INormalizer> Table { get; } = new(
        StageTable<INormalizer>.Format("BertNormalizer", json => new BertNormalizer(ReadBert(json)), (json, stage) => WriteBert(json, stage.Settings)),
        Form("NFC", NormalForm.Nfc),
        Form("NFD", NormalForm.Nfd),
        Form("NFKC", NormalForm.Nfkc),
        Form("NFKD", NormalForm.Nfkd),
        StageTable<INormalizer>.Format("Lowercase", _ => new LowercaseNormalizer()),
        StageTable<INormalizer>.Format("StripAccents", _ => new StripAccentsNormalizer()),
        StageTable<INormalizer>.Format(
            "Strip",
            json => new StripNormalizer(json["strip_left"].AsBool() ?? true, json["strip_right"].AsBool() ?? true),
            (json, stage) =>
            {
                json.WriteBoolean("strip_left", stage.Left);
                json.WriteBoolean("strip_right", stage.Right);
            }),
        StageTable<INormalizer>.Format("Replace", ReadReplace, WriteReplace),
        StageTable<INormalizer>.Format("Precompiled", ReadPrecompiled, (json, stage) => json.WriteString("precompiled_charsmap", stage.Encoded)),
        StageTable<INormalizer>.Format("Nmt", _ => new NmtNormalizer()),
        StageTable<INormalizer>.Format(
            "Prepend", json => new PrependNormalizer(json["prepend"].RequiredText()), (json, stage) => json.WriteString("prepend", stage.Content)),
        StageTable<INormalizer>.Format(
            "Sequence",
            json => new NormalizerSequence([.. json["normalizers"].Items.Select(item => Table!.Read(item))]),
            (json, stage) => Table!.WriteAll(json, "normalizers", stage.Stages)));

    private static StageFormat<INormalizer> Form(string type, NormalForm form) =>
        StageTable<INormalizer>.Format(type, _ => new NormalFormNormalizer(form), matches: stage => stage.Form == form);

    private static BertNormalization ReadBert(JsonSetting json) => new()
    {
        CleanText = json["clean_text"].AsBool() ?? true,
        SplitIdeographs = json["handle_chinese_chars"].AsBool() ?? true,
        StripAccents = json["strip_accents"].AsBool(),
        LowerCase = json["lowercase"].AsBool() ?? true,
    };

    private static void WriteBert(Utf8JsonWriter json, BertNormalization settings)
    {
        json.WriteBoolean("clean_text", settings.CleanText);
        json.WriteBoolean("handle_chinese_chars", settings.SplitIdeographs);
        TokenizerJsonWriter.WriteNullable(json, "strip_accents", settings.StripAccents);
        json.WriteBoolean("lowercase", settings.LowerCase);
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonSetting json)
    {
        var map = json["precompiled_charsmap"];
        try
        {
            return new PrecompiledNormalizer(map.RequiredText());
        }
        catch (ArgumentException exception)
        {
            throw new ModelFormatException(map.File, $"the tokenizer setting '{map.Key}' is no character map: it has {exception.Message}", exception);
        }
    }

    private static ReplaceNormalizer ReadReplace(JsonSetting json)
    {
        var (pattern, content) = (json["pattern"], json["content"].RequiredText());
        return !pattern["Regex"].IsNull ? new ReplaceNormalizer(pattern["Regex"].RequiredPattern(), content)
            : pattern["String"].AsText() is { Length: > 0 } text ? new ReplaceNormalizer(text, content)
            : throw pattern.Refuse("{\"String\": …} or {\"Regex\": …}, a string that is not empty");
    }

    private static void WriteReplace(Utf8JsonWriter json, ReplaceNormalizer stage)
    {
        json.WriteStartObject("pattern");
        json.WriteString(stage.IsRegex ? "Regex" : "String", stage.Pattern);
        json.WriteEndObject();
        json.WriteString("content", stage.Content);
    }
}
