using System.Text.Json;
using MiCse.Tokenization.Templates;

namespace MiCse.Tokenization.Files;

/// <summary>The post-processor TemplateProcessing: sequences of <c>SpecialToken</c> and <c>Sequence</c> A and B, and the ids of the special tokens.</summary>
internal static class TemplateFormat
{
    public static TemplateProcessing Read(JsonSetting json)
    {
        var tokens = json["special_tokens"];
        var single = Parts(json["single"], "A");
        if (single.Exists(part => part.TypeId != 0))
        {
            throw json["single"].Refuse("a sequence whose type ids are 0");
        }

        return new TemplateProcessing(new SequenceTemplate(single, Parts(json["pair"], "AB")));

        List<TemplatePart> Parts(JsonSetting setting, string texts)
        {
            List<TemplatePart> parts = [.. setting.Items.Select(Part)];
            var found = parts.FindAll(part => part.Token is null);
            return found.Count == texts.Length && found.FindAll(part => part.IsSecond).Count == texts.Length - 1
                ? parts : throw setting.Refuse($"a sequence with {string.Join(" and ", texts.AsEnumerable())} once");
        }

        TemplatePart Part(JsonSetting part)
        {
            var isText = part["SpecialToken"].IsNull;
            var piece = part[isText ? "Sequence" : "SpecialToken"];
            var id = piece["id"];
            if (isText)
            {
                id.AllowOnly("A", "B");
            }

            return new TemplatePart(isText ? null : Token(id.RequiredText()), isText && id.RequiredText() == "B", piece["type_id"].AsInt() ?? 0);
        }

        SpecialToken Token(string name)
        {
            var ids = tokens[name]["ids"];
            return ids.Items.ToList() is [var id] ? new SpecialToken(name, id.Required(value => value.AsInt())) : throw ids.Refuse("one id");
        }
    }

    public static void Write(Utf8JsonWriter json, SequenceTemplate template)
    {
        WriteParts(json, "single", template.Single);
        WriteParts(json, "pair", template.Pair);
        json.WriteStartObject("special_tokens");
        foreach (var token in template.Single.Concat(template.Pair).Select(part => part.Token).OfType<SpecialToken>().Distinct())
        {
            json.WriteStartObject(token.Content);
            json.WriteString("id", token.Content);
            json.WriteStartArray("ids");
            json.WriteNumberValue(token.Id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(token.Content);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, string name, IReadOnlyList<TemplatePart> parts)
    {
        json.WriteStartArray(name);
        foreach (var part in parts)
        {
            json.WriteStartObject();
            json.WriteStartObject(part.Token is null ? "Sequence" : "SpecialToken");
            json.WriteString("id", part.Token?.Content ?? (part.IsSecond ? "B" : "A"));
            json.WriteNumber("type_id", part.TypeId);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
