using System.Text.RegularExpressions;

namespace MiCse.Tensors;

/// <summary>Sizes of the element types, how safetensors and torch spell them, and their numbers in ONNX (TensorProto.DataType).</summary>
internal static partial class TensorTypeNames
{
    private static readonly Row[] Table =
    [
        new(TensorType.Float64, 8, "F64", "DoubleStorage", 11),
        new(TensorType.Float32, 4, "F32", "FloatStorage", 1),
        new(TensorType.Float16, 2, "F16", "HalfStorage", 10),
        new(TensorType.BFloat16, 2, "BF16", "BFloat16Storage", 16),
        new(TensorType.Int64, 8, "I64", "LongStorage", 7),
        new(TensorType.Int32, 4, "I32", "IntStorage", 6),
        new(TensorType.Int16, 2, "I16", "ShortStorage", 5),
        new(TensorType.Int8, 1, "I8", "CharStorage", 3),
        new(TensorType.UInt8, 1, "U8", "ByteStorage", 2),
        new(TensorType.Bool, 1, "BOOL", "BoolStorage", 9),
    ];

    private sealed record Row(TensorType Type, int Size, string Safetensors, string TorchStorage, int Onnx);

    /// <summary>Types that are left out, by their names in safetensors.</summary>
    private static readonly Dictionary<string, int> UnreadBits = new()
    {
        ["U16"] = 16, ["U32"] = 32, ["U64"] = 64, ["C64"] = 64,
        ["F8_E4M3"] = 8, ["F8_E5M2"] = 8, ["F8_E8M0"] = 8, ["F8_E4M3FNUZ"] = 8, ["F8_E5M2FNUZ"] = 8,
        ["F6_E2M3"] = 6, ["F6_E3M2"] = 6, ["F4"] = 4,
    };

    /// <summary>The same by the names of torch's storage classes, with their bytes.</summary>
    private static readonly Dictionary<string, int> UnreadStorages = new()
    {
        ["ComplexFloatStorage"] = 8, ["ComplexDoubleStorage"] = 16, ["QInt8Storage"] = 1, ["QUInt8Storage"] = 1, ["QInt32Storage"] = 4,
        ["QUInt4x2Storage"] = 1, ["QUInt2x4Storage"] = 1, ["storage.UntypedStorage"] = 1,
    };

    public static string SafetensorsNames { get; } = string.Join(", ", Table.Select(row => row.Safetensors));

    public static int ElementSize(this TensorType type) => Table[(int)type].Size;

    public static string SafetensorsName(this TensorType type) => Table[(int)type].Safetensors;

    public static int OnnxNumber(this TensorType type) => Table[(int)type].Onnx;

    public static bool IsFloatingPoint(this TensorType type) => type <= TensorType.BFloat16;

    public static TensorType? FromSafetensors(string? name) => Find(row => row.Safetensors == name);

    /// <summary>Whether a file may name a type so: those of today, and later ones that are built alike, as F8_E3M4 or I128 would be.</summary>
    public static bool IsSafetensorsName(string name) => FromSafetensors(name) is not null || SafetensorsNamePattern().IsMatch(name);

    /// <summary>The bits of an element of a type that is left out; null when they are not known.</summary>
    public static int? SafetensorsBits(string name) => UnreadBits.TryGetValue(name, out var bits) ? bits : null;

    /// <summary>The bytes of an element of a storage class; null when there is no such class.</summary>
    public static int? TorchStorageSize(string name) =>
        FromTorchStorage(name) is { } type ? type.ElementSize() : UnreadStorages.TryGetValue(name, out var size) ? size : null;

    public static TensorType? FromTorchStorage(string name) => Find(row => row.TorchStorage == name);

    public static TensorType? FromOnnx(long number) => Find(row => row.Onnx == number);

    [GeneratedRegex("^[A-Z]{1,8}(1|2|3|4|6|8|16|24|32|64|128|256)(_[A-Z0-9]{1,16})?$", RegexOptions.CultureInvariant)]
    private static partial Regex SafetensorsNamePattern();

    private static TensorType? Find(Func<Row, bool> matches)
    {
        foreach (var row in Table)
        {
            if (matches(row))
            {
                return row.Type;
            }
        }

        return null;
    }
}
