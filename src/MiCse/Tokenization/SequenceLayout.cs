using MiCse.Files;

namespace MiCse.Tokenization;

/// <summary>
/// The post_processor of tokenizer.json: which special tokens surround one text and two. Written either as a template or as
/// BertProcessing / RobertaProcessing with the two tokens.
/// </summary>
internal sealed class SequenceLayout(JsonSetting processor, SpecialTokenNames names)
{
    /// <summary>The names with the start and end token of the layout, which must be the one the tokenizer has.</summary>
    /// <param name="types">The processors that stand for this layout beside a template.</param>
    /// <param name="separators">End tokens between the texts of a pair.</param>
    /// <param name="secondType">Type id of the second text.</param>
    public SpecialTokenNames ReadNames(string[] types, int separators, int secondType)
    {
        if (processor.IsNull)
        {
            throw processor.Refuse(string.Join(" or ", ["TemplateProcessing", .. types]));
        }

        processor["type"].AllowOnly(["TemplateProcessing", .. types]);
        if (processor["type"].RequiredText() != "TemplateProcessing")
        {
            return names with { Start = NameOfPair(processor["cls"]), End = NameOfPair(processor["sep"]) };
        }

        var single = processor["single"].Items.Select(Describe).ToList();
        var (start, end) = single.Count == 3 ? (WithoutType(single[0]), WithoutType(single[2])) : (names.Start, names.End);
        var between = string.Concat(Enumerable.Repeat($"{end}:0 ", separators));
        Compare(processor["single"], single, $"{start}:0 A:0 {end}:0");
        Compare(processor["pair"], processor["pair"].Items.Select(Describe), $"{start}:0 A:0 {between}B:{secondType} {end}:{secondType}");
        return names with { Start = start, End = end };
    }

    private static string NameOfPair(JsonSetting pair) =>
        pair.Items.ToList() is [var name, _] ? name.RequiredText() : throw pair.Refuse("a token and its id");

    private static string Describe(JsonSetting part)
    {
        var piece = part["SpecialToken"].IsNull ? part["Sequence"] : part["SpecialToken"];
        return $"{piece["id"].RequiredText()}:{piece["type_id"].AsInt() ?? 0}";
    }

    private static string WithoutType(string described) => described[..described.LastIndexOf(':')];

    private static void Compare(JsonSetting setting, IEnumerable<string> found, string supported)
    {
        var layout = string.Join(' ', found);
        if (layout != supported)
        {
            throw new ModelFormatException(
                setting.File, $"the tokenizer setting '{setting.Key}' is the sequence {layout}, supported is {supported}");
        }
    }
}
