using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using MiCse.Vectors;

namespace MiCse.Server.Responses;

/// <summary>How a vector is written into an answer.</summary>
internal enum VectorFormat
{
    /// <summary>Numbers.</summary>
    Float,

    /// <summary>The bytes of the little-endian floats in base64.</summary>
    Base64,

    /// <summary>Whole numbers -127..127: each vector divided by its largest magnitude, times 127, rounded to the nearest. Cosines hardly change by it.</summary>
    Int8,

    /// <summary>The same plus 128.</summary>
    UInt8,

    /// <summary>A bit for each dimension, set where the number is more than 0, the first dimension in the highest bit; each byte minus 128.</summary>
    Binary,

    /// <summary>The same bytes as they are.</summary>
    UBinary,
}

/// <summary>Writes vectors.</summary>
internal static class VectorWriter
{
    private static readonly (string Name, VectorFormat Format)[] s_names =
    [
        ("float", VectorFormat.Float), ("base64", VectorFormat.Base64), ("int8", VectorFormat.Int8), ("uint8", VectorFormat.UInt8),
        ("binary", VectorFormat.Binary), ("ubinary", VectorFormat.UBinary),
    ];

    /// <summary>The names of all formats.</summary>
    public static string Names => string.Join(", ", s_names.Select(entry => entry.Name));

    /// <summary>What a request calls a format.</summary>
    public static string Name(this VectorFormat format) => Array.Find(s_names, entry => entry.Format == format).Name;

    /// <summary>The format of a name; null when there is none.</summary>
    public static VectorFormat? Parse(string name) => Array.Find(s_names, entry => entry.Name == name) is { Name: not null } found ? found.Format : null;

    /// <summary>Writes a vector as a JSON value.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<float> vector, VectorFormat format)
    {
        switch (format)
        {
            case VectorFormat.Float:
                writer.WriteStartArray();
                foreach (var value in vector)
                {
                    writer.WriteNumberValue(value);
                }

                writer.WriteEndArray();
                break;
            case VectorFormat.Base64:
                if (BitConverter.IsLittleEndian)
                {
                    writer.WriteBase64StringValue(MemoryMarshal.AsBytes(vector));
                }
                else
                {
                    writer.WriteBase64StringValue([.. vector.ToArray().SelectMany(value => BitConverter.GetBytes(value).Reverse())]);
                }

                break;
            default:
                writer.WriteStartArray();
                foreach (var value in Quantize(vector, format))
                {
                    writer.WriteNumberValue(value);
                }

                writer.WriteEndArray();
                break;
        }
    }

    /// <summary>The whole numbers of a vector.</summary>
    public static int[] Quantize(ReadOnlySpan<float> vector, VectorFormat format)
    {
        if (format is VectorFormat.Binary or VectorFormat.UBinary)
        {
            var bits = EmbeddingQuantization.Quantize(vector, format == VectorFormat.Binary ? EmbeddingType.Binary : EmbeddingType.UBinary);
            return Array.ConvertAll(bits, value => format == VectorFormat.Binary ? (int)(sbyte)value : value);
        }

        // Without a calibration set there are no ranges of dimensions; the scale of each vector leaves its cosines as they are.
        var largest = vector.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(vector));
        var levels = new int[vector.Length];
        for (var index = 0; index < vector.Length; index++)
        {
            var level = largest == 0 ? 0 : (int)MathF.Round(vector[index] / largest * 127, MidpointRounding.ToEven);
            levels[index] = format == VectorFormat.UInt8 ? level + 128 : level;
        }

        return levels;
    }
}
