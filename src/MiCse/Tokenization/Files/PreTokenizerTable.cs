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
        StageTable<IPreTokenizer>.Format("Sequence", ReadSequence, (json, stage) => Table!.WriteAll(json, "pretokenizers", stage.Stages)));

    private static PreTokenizerSequence ReadSequence(JsonSetting json)
    {
        List<IPreTokenizer> stages = [.. json["pretokenizers"].Items.Select(item => Table.Read(item))];
        return stages.Count > 0 ? new PreTokenizerSequence(stages) : throw json["pretokenizers"].Refuse("one pre-tokenizer or more");
    }
}
