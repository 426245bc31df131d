using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MiCse.Files;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace MiCse.VectorData;

/// <summary>
/// The data of a record as the text beside its vector: a JSON object of one line, with the properties' storage names. So one commit of the index
/// covers both. A property that an older record does not have keeps its default; what is stored and not declared is passed over. Thread-safe.
/// </summary>
internal sealed class RecordText(IReadOnlyList<DataPropertyModel> properties)
{
    public const string SupportedTypes =
        "string, bool, byte, short, int, long, float, double, decimal, Guid, DateTime, DateTimeOffset, DateOnly, TimeOnly, TimeSpan, enums, arrays and List<T> of these, byte[]";

    private static readonly HashSet<Type> s_simple =
    [
        typeof(string), typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal),
        typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
    ];

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerOptions.Default)
    {
        // The text is shown to people, by `micse search` for one.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Column[] _columns =
        [.. properties.Select(property => new Column(property, s_strict.GetBytes(property.StorageName), s_options.GetTypeInfo(property.Type)))];

    public static bool IsSupported(Type type)
    {
        var element = type.IsArray ? type.GetElementType()!
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0]
            : type;
        element = Nullable.GetUnderlyingType(element) ?? element;
        return s_simple.Contains(element) || element.IsEnum;
    }

    /// <summary>Writes the data of a record.</summary>
    /// <exception cref="ArgumentException">A value is missing that cannot be null.</exception>
    public string Write(object record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = s_options.Encoder }))
        {
            writer.WriteStartObject();
            foreach (var column in _columns)
            {
                var value = column.Property.GetValueAsObject(record);
                if (value is null && column.Property.Type is { IsValueType: true } type && Nullable.GetUnderlyingType(type) is null)
                {
                    throw new ArgumentException($"A record has no {column.Property.ModelName}, which is declared as {type.Name}; give it a value, or declare the property as one that may be null.");
                }

                writer.WritePropertyName(column.Name);
                JsonSerializer.Serialize(writer, value, column.Type);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Sets the data of a record.</summary>
    /// <param name="text">As <see cref="Write"/> wrote it.</param>
    /// <param name="record">A new record.</param>
    /// <param name="id">The record's id, for the message.</param>
    /// <param name="path">The collection, for the message.</param>
    /// <exception cref="DataFormatException">The text is no such object, or a value is of another type.</exception>
    public void Read(ReadOnlySpan<byte> text, object record, string id, string path)
    {
        Column? at = null;
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                at = Find(ref reader);
                reader.Read();
                if (at is null)
                {
                    reader.Skip();
                }
                else
                {
                    at.Set(record, JsonSerializer.Deserialize(ref reader, at.Type));
                }
            }
        }
        catch (JsonException failure)
        {
            throw new DataFormatException(path, null, at is null
                ? $"holds '{id}', which is not a record but a text; open the folder with `micse search` instead."
                : $"holds the record '{id}', whose {at.Property.StorageName} is no {at.Property.Type.Name}; declare it as it was when the record was written.", failure);
        }
    }

    private Column? Find(ref Utf8JsonReader reader)
    {
        foreach (var column in _columns)
        {
            if (reader.ValueTextEquals(column.Name))
            {
                return column;
            }
        }

        return null;
    }

    private sealed record Column(DataPropertyModel Property, byte[] Name, JsonTypeInfo Type)
    {
        public void Set(object record, object? value)
        {
            if (value is null && Property.PropertyInfo is { } info)
            {
                // The property's own setter takes null for "leave it", but a default of the type is not what was stored.
                info.SetValue(record, null);
            }
            else
            {
                Property.SetValueAsObject(record, value);
            }
        }
    }
}
