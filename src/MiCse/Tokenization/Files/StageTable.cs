using System.Text.Json;
using MiCse.Files;

namespace MiCse.Tokenization.Files;

/// <summary>How tokenizer.json writes one kind of stage.</summary>
/// <param name="Type">The value of <c>type</c>.</param>
/// <param name="Matches">Whether a stage is of this kind.</param>
/// <param name="Read">Makes the stage of its settings.</param>
/// <param name="Write">Writes its settings after the type.</param>
internal sealed record StageFormat<TStage>(
    string Type, Func<TStage, bool> Matches, Func<JsonSetting, TStage> Read, Action<Utf8JsonWriter, TStage> Write);

/// <summary>The kinds of a stage that are implemented, for reading and for writing.</summary>
internal sealed class StageTable<TStage>(params StageFormat<TStage>[] formats)
    where TStage : class
{
    /// <summary>An entry of a table.</summary>
    public static StageFormat<TStage> Format<T>(
        string type, Func<JsonSetting, T> read, Action<Utf8JsonWriter, T>? write = null, Func<T, bool>? matches = null)
        where T : TStage =>
        new(type, stage => stage is T kind && (matches?.Invoke(kind) ?? true), setting => read(setting), (json, stage) => write?.Invoke(json, (T)stage));

    /// <summary>Reads a stage.</summary>
    /// <param name="setting">The stage.</param>
    /// <param name="usualType">Its type when it states none; null: it must.</param>
    /// <exception cref="ModelFormatException">It is missing, of a type that is not implemented, or has settings that are not.</exception>
    public TStage Read(JsonSetting setting, string? usualType = null)
    {
        var type = setting.IsNull ? setting : setting["type"];
        var name = setting.IsNull ? null : type.AsText() ?? usualType;
        var format = Array.Find(formats, format => format.Type == name);
        return format is null ? throw type.Refuse(string.Join(" or ", formats.Select(format => $"\"{format.Type}\""))) : format.Read(setting);
    }

    /// <summary>Reads a stage that may be left out.</summary>
    public TStage? ReadOptional(JsonSetting setting) => setting.IsNull ? null : Read(setting);

    /// <summary>The type of a stage.</summary>
    public string NameOf(TStage stage) => Array.Find(formats, format => format.Matches(stage))?.Type ?? stage.GetType().Name;

    /// <summary>Writes a stage as an object; null as null.</summary>
    public void Write(Utf8JsonWriter json, TStage? stage)
    {
        if (stage is null)
        {
            json.WriteNullValue();
            return;
        }

        var format = Array.Find(formats, format => format.Matches(stage))!;
        json.WriteStartObject();
        json.WriteString("type", format.Type);
        format.Write(json, stage);
        json.WriteEndObject();
    }

    /// <summary>Writes a sequence of stages.</summary>
    public void WriteAll(Utf8JsonWriter json, string name, IEnumerable<TStage> stages)
    {
        json.WriteStartArray(name);
        foreach (var stage in stages)
        {
            Write(json, stage);
        }

        json.WriteEndArray();
    }
}
