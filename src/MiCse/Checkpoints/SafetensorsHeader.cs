using System.Text.Json;
using System.Text.Unicode;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>Parses the JSON header of a safetensors file. Sizes and offsets are checked by <see cref="SafetensorsReader"/>.</summary>
internal static class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";

    public static IReadOnlyList<SafetensorsEntry> Parse(string path, ReadOnlyMemory<byte> header)
    {
        // JsonDocument does not look at the bytes of a string before it is asked for.
        if (!Utf8.IsValid(header.Span))
        {
            throw new ModelFormatException(path, "the safetensors header is not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(header);
            if (document.RootElement.ValueKind != JsonValueKind.Object || header.Span[0] != '{')
            {
                throw new ModelFormatException(path, "the safetensors header is not a JSON object");
            }

            return ReadEntries(path, document.RootElement);
        }
        catch (JsonException failure)
        {
            throw new ModelFormatException(path, $"the safetensors header is not JSON: {JsonFailure.Describe(failure)}", failure);
        }
        catch (InvalidOperationException failure)
        {
            // GetString on an escaped lone surrogate.
            throw new ModelFormatException(path, "the safetensors header holds a string that is not Unicode", failure);
        }
    }

    private static List<SafetensorsEntry> ReadEntries(string path, JsonElement header)
    {
        var names = new HashSet<string>();
        var entries = new List<SafetensorsEntry>();
        foreach (var property in header.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw new ModelFormatException(path, $"the safetensors header has a duplicate key '{JsonFailure.Cut(property.Name)}'");
            }

            if (property.Name == MetadataKey)
            {
                CheckMetadata(path, property.Value);
            }
            else
            {
                entries.Add(ReadEntry(path, property.Name, property.Value));
            }
        }

        return entries;
    }

    private static void CheckMetadata(string path, JsonElement metadata)
    {
        var isMap = metadata.ValueKind == JsonValueKind.Object;
        if (isMap)
        {
            foreach (var value in metadata.EnumerateObject())
            {
                isMap &= value.Value.ValueKind == JsonValueKind.String;
            }
        }

        if (!isMap)
        {
            throw new ModelFormatException(path, $"'{MetadataKey}' in the safetensors header is not a map from text to text");
        }
    }

    private static SafetensorsEntry ReadEntry(string path, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFormatException(path, $"tensor '{JsonFailure.Cut(name)}' is not described by a JSON object in the safetensors header");
        }

        JsonElement? type = null, shape = null, offsets = null;
        foreach (var field in value.EnumerateObject())
        {
            ref var target = ref type;
            switch (field.Name)
            {
                case "dtype": break;
                case "shape": target = ref shape; break;
                case "data_offsets": target = ref offsets; break;
                default: throw new ModelFormatException(path, $"tensor '{JsonFailure.Cut(name)}' has an unknown field '{JsonFailure.Cut(field.Name)}' in the safetensors header");
            }

            if (target is not null)
            {
                throw new ModelFormatException(path, $"tensor '{JsonFailure.Cut(name)}' has a duplicate field '{JsonFailure.Cut(field.Name)}' in the safetensors header");
            }

            target = field.Value;
        }

        var sizes = ReadNumbers(shape);
        if (sizes is null || sizes.Length > TensorShape.MaximumRank)
        {
            throw new ModelFormatException(
                path, $"'shape' of tensor '{JsonFailure.Cut(name)}' is not a list of at most {TensorShape.MaximumRank} whole numbers from 0 to 2^63-1");
        }

        if (ReadNumbers(offsets) is not [var begin, var end])
        {
            throw new ModelFormatException(path, $"'data_offsets' of tensor '{JsonFailure.Cut(name)}' are not two whole numbers from 0 to 2^63-1");
        }

        return new SafetensorsEntry(name, ReadType(path, name, type), sizes, begin, end);
    }

    private static string ReadType(string path, string name, JsonElement? type)
    {
        return type is { ValueKind: JsonValueKind.String } && type.Value.GetString() is { } spelled && TensorTypeNames.IsSafetensorsName(spelled)
            ? spelled
            : throw new ModelFormatException(
                path,
                $"the dtype of tensor '{JsonFailure.Cut(name)}' is {(type is { } given ? JsonFailure.Cut(given.ToString()) : "missing")}; expected is the name of an "
                + $"element type, such as {TensorTypeNames.SafetensorsNames}");
    }

    /// <summary>A JSON array of non-negative integers, or null when it is anything else.</summary>
    private static long[]? ReadNumbers(JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.Array } array)
        {
            return null;
        }

        var numbers = new long[array.GetArrayLength()];
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
            {
                return null;
            }

            numbers[index++] = number;
        }

        return numbers;
    }
}
