using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MiCse.Training.Model;

namespace MiCse.Training.Loop;

/// <summary>How a training is written down as JSON: names as in the code, enums by name, numbers that read back to the same bits.</summary>
internal static class TrainingJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(), new LayerRangeConverter() },
    };

    public static JsonObject ToNode<T>(T value) => (JsonObject)JsonSerializer.SerializeToNode(value, Options)!;

    public static void Write<T>(Stream stream, T value) => JsonSerializer.Serialize(stream, value, Options);

    /// <exception cref="JsonException">Not what <see cref="Write"/> writes.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize<T>(utf8, Options) ?? throw new JsonException("null where an object was expected");

    private sealed class LayerRangeConverter : JsonConverter<LayerRange>
    {
        public override LayerRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return LayerRange.Parse(reader.GetString() ?? "");
            }
            catch (FormatException wrong)
            {
                throw new JsonException(wrong.Message, wrong);
            }
        }

        public override void Write(Utf8JsonWriter writer, LayerRange value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
