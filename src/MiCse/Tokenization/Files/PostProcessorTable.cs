using System.Text.Json;
using MiCse.Tokenization.Templates;

namespace MiCse.Tokenization.Files;

/// <summary>The post-processors of tokenizer.json.</summary>
internal static class PostProcessorTable
{
    /// <summary>The table.</summary>
    public static StageTable<PostProcessor> Table { get; } = new(
        StageTable<PostProcessor>.Format("TemplateProcessing", TemplateFormat.Read, (json, stage) => TemplateFormat.Write(json, stage.Template)),
        StageTable<PostProcessor>.Format(
            "BertProcessing",
            json => new BertProcessing(ReadToken(json["cls"]), ReadToken(json["sep"])),
            (json, stage) =>
            {
                WriteToken(json, "sep", stage.End);
                WriteToken(json, "cls", stage.Start);
            }),
        StageTable<PostProcessor>.Format("RobertaProcessing", ReadRoberta, WriteRoberta),
        StageTable<PostProcessor>.Format(
            "ByteLevel",
            json => new ByteLevelProcessing(
                json["add_prefix_space"].AsBool() ?? true, json["trim_offsets"].AsBool() ?? true, json["use_regex"].AsBool() ?? true),
            (json, stage) =>
            {
                json.WriteBoolean("add_prefix_space", stage.AddPrefixSpace);
                json.WriteBoolean("trim_offsets", stage.TrimOffsets);
                json.WriteBoolean("use_regex", stage.UseRegex);
            }),
        StageTable<PostProcessor>.Format("Sequence", ReadSequence, (json, stage) => Table!.WriteAll(json, "processors", stage.Stages)));

    private static RobertaProcessing ReadRoberta(JsonSetting json) => new(
        ReadToken(json["cls"]), ReadToken(json["sep"]), json["trim_offsets"].AsBool() ?? true, json["add_prefix_space"].AsBool() ?? true);

    private static void WriteRoberta(Utf8JsonWriter json, RobertaProcessing stage)
    {
        WriteToken(json, "sep", stage.End);
        WriteToken(json, "cls", stage.Start);
        json.WriteBoolean("trim_offsets", stage.TrimOffsets);
        json.WriteBoolean("add_prefix_space", stage.AddPrefixSpace);
    }

    private static PostProcessorSequence ReadSequence(JsonSetting json)
    {
        List<PostProcessor> stages = [.. json["processors"].Items.Select(item => Table.Read(item))];
        return stages.Count(stage => stage.Template is not null) <= 1
            ? new PostProcessorSequence(stages)
            : throw json["processors"].Refuse("a sequence in which one at most adds special tokens");
    }

    private static SpecialToken ReadToken(JsonSetting pair) => pair.Items.ToList() is [var content, var id]
        ? new SpecialToken(content.RequiredText(), id.Required(value => value.AsInt()))
        : throw pair.Refuse("a token and its id");

    private static void WriteToken(Utf8JsonWriter json, string name, SpecialToken token)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(token.Content);
        json.WriteNumberValue(token.Id);
        json.WriteEndArray();
    }
}
