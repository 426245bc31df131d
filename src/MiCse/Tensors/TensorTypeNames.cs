namespace MiCse.Tensors;

/// <summary>Sizes of the element types, and how safetensors and torch spell them.</summary>
internal static class TensorTypeNames
{
    private static readonly (TensorType Type, int Size, string Safetensors, string TorchStorage)[] Table =
    [
        (TensorType.Float64, 8, "F64", "DoubleStorage"),
        (TensorType.Float32, 4, "F32", "FloatStorage"),
        (TensorType.Float16, 2, "F16", "HalfStorage"),
        (TensorType.BFloat16, 2, "BF16", "BFloat16Storage"),
        (TensorType.Int64, 8, "I64", "LongStorage"),
        (TensorType.Int32, 4, "I32", "IntStorage"),
        (TensorType.Int16, 2, "I16", "ShortStorage"),
        (TensorType.Int8, 1, "I8", "CharStorage"),
        (TensorType.UInt8, 1, "U8", "ByteStorage"),
        (TensorType.Bool, 1, "BOOL", "BoolStorage"),
    ];

    public static string SafetensorsNames { get; } = string.Join(", ", Table.Select(row => row.Safetensors));

    public static int ElementSize(this TensorType type) => Table[(int)type].Size;

    public static string SafetensorsName(this TensorType type) => Table[(int)type].Safetensors;

    public static bool IsFloatingPoint(this TensorType type) => type <= TensorType.BFloat16;

    public static TensorType? FromSafetensors(string? name) => Find(row => row.Safetensors == name);

    public static TensorType? FromTorchStorage(string name) => Find(row => row.TorchStorage == name);

    private static TensorType? Find(Func<(TensorType Type, int Size, string Safetensors, string TorchStorage), bool> matches)
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
