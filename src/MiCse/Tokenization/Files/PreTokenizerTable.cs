using System.Text.Json;
using MiCse.Tokenization.Patterns;
using MiCse.Tokenization.PreTokenizers;

namespace MiCse.Tokenization.Files;

/// <summary>The pre-tokenizers of tokenizer.json.</summary>
internal static class PreTokenizerTable
{
    /// <summary>The table.</summary>
    public static StageTable<IPreTokenizer> Table { get; } = new(
        StageTable<IPreTokenizer>.Format("BertPreTokenizer", _ => new BertPreTokenizer()),
        StageTable<IPreTokenizer>.Format(
            "ByteLevel",
            json => new ByteLevelPreTokenizer(
                json["add_prefix_space"].AsBool() ?? true, json["use_regex"].AsBool() ?? true, json["trim_offsets"].AsBool() ?? true),
            (json, stage) =>
            {
                json.WriteBoolean("add_prefix_space", stage.AddPrefixSpace);
                json.WriteBoolean("trim_offsets", stage.TrimOffsets);
                json.WriteBoolean("use_regex", stage.UseRegex);
            }),
        StageTable<IPreTokenizer>.Format("Whitespace", _ => new WhitespacePreTokenizer()),
        StageTable<IPreTokenizer>.Format("WhitespaceSplit", _ => new WhitespaceSplitPreTokenizer()),
        StageTable<IPreTokenizer>.Format("Metaspace", ReadMetaspace, WriteMetaspace),
        StageTable<IPreTokenizer>.Format("Split", ReadSplit, WriteSplit),
        StageTable<IPreTokenizer>.Format(
            "Punctuation",
            json => new PunctuationPreTokenizer(ReadBehavior(json) ?? SplitBehavior.Isolated),
            (json, stage) => json.WriteString("behavior", stage.Behavior.ToString())),
        StageTable<IPreTokenizer>.Format(
            "Digits",
            json => new DigitsPreTokenizer(json["individual_digits"].AsBool() ?? false),
            (json, stage) => json.WriteBoolean("individual_digits", stage.Individual)),
        StageTable<IPreTokenizer>.Format(
            "CharDelimiterSplit",
            json => new CharDelimiterSplitPreTokenizer(json["delimiter"].RequiredCharacter()),
            (json, stage) => json.WriteString("delimiter", stage.Delimiter.ToString())),
        StageTable<IPreTokenizer>.Format(
            "Sequence",
            json => new PreTokenizerSequence([.. json["pretokenizers"].Items.Select(item => Table!.Read(item))]),
            (json, stage) => Table!.WriteAll(json, "pretokenizers", stage.Stages)));

    /// <summary>Older files say <c>add_prefix_space</c>, newer ones <c>prepend_scheme</c>; files that say both must mean the same.</summary>
    private static MetaspacePreTokenizer ReadMetaspace(JsonSetting json)
    {
        var (older, newer) = (json["add_prefix_space"], json["prepend_scheme"]);
        newer.AllowOnly("always", "first", "never");
        var scheme = newer.AsText() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => older.AsBool() ?? true ? PrependScheme.Always : PrependScheme.Never,
        };
        return older.AsBool() == false && scheme != PrependScheme.Never
            ? throw older.Refuse($"true with a 'prepend_scheme' of \"{newer.AsText()}\"")
            : new MetaspacePreTokenizer(json["replacement"].RequiredCharacter(), scheme, json["split"].AsBool() ?? true)
            {
                OlderKeys = newer.IsNull && !older.IsNull ? json["str_rep"].AsText() ?? "" : null,
            };
    }

    private static void WriteMetaspace(Utf8JsonWriter json, MetaspacePreTokenizer stage)
    {
        json.WriteString("replacement", stage.Replacement.ToString());
        if (stage.OlderKeys is { } mark)
        {
            if (mark.Length > 0)
            {
                json.WriteString("str_rep", mark);
            }

            json.WriteBoolean("add_prefix_space", stage.Scheme == PrependScheme.Always);
            return;
        }

        json.WriteString("prepend_scheme", stage.Scheme switch
        {
            PrependScheme.Always => "always",
            PrependScheme.First => "first",
            _ => "never",
        });
        json.WriteBoolean("split", stage.Splits);
    }

    private static SplitPreTokenizer ReadSplit(JsonSetting json)
    {
        var pattern = json["pattern"];
        var behavior = ReadBehavior(json) ?? throw json["behavior"].Refuse("a string");
        var invert = json["invert"].AsBool() ?? false;
        return !pattern["Regex"].IsNull ? new SplitPreTokenizer(pattern["Regex"].RequiredPattern(), behavior, invert)
            : pattern["String"].AsText() is { Length: > 0 } text ? new SplitPreTokenizer(Pattern.Literal(text), behavior, invert, isRegex: false)
            : throw pattern.Refuse("{\"String\": …} or {\"Regex\": …}, a string that is not empty");
    }

    private static void WriteSplit(Utf8JsonWriter json, SplitPreTokenizer stage)
    {
        json.WriteStartObject("pattern");
        json.WriteString(stage.IsRegex ? "Regex" : "String", stage.Pattern.Source);
        json.WriteEndObject();
        json.WriteString("behavior", stage.Behavior.ToString());
        json.WriteBoolean("invert", stage.Invert);
    }

    private static SplitBehavior? ReadBehavior(JsonSetting json)
    {
        var behavior = json["behavior"];
        behavior.AllowOnly("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");
        return behavior.AsText() is { } name ? Enum.Parse<SplitBehavior>(name) : null;
    }
}
