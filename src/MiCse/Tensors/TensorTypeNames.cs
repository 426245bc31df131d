namespace MiCse.Tensors;

/// <summary>Sizes of the element types, how safetensors and torch spell them, and their numbers in ONNX (TensorProto.DataType).</summary>
internal static class TensorTypeNames
{
    private static readonly (TensorType Type, int Size, string Safetensors, string TorchStorage, int Onnx)[] Table =
    [
        (TensorType.Float64, 8, "F64", "DoubleStorage", 11),
        (TensorType.Float32, 4, "F32", "FloatStorage", 1),
        (TensorType.Float16, 2, "F16", "HalfStorage", 10),
        (TensorType.BFloat16, 2, "BF16", "BFloat16Storage", 16),
        (TensorType.Int64, 8, "I64", "LongStorage", 7),
        (TensorType.Int32, 4, "I32", "IntStorage", 6),
        (TensorType.Int16, 2, "I16", "ShortStorage", 5),
        (TensorType.Int8, 1, "I8", "CharStorage", 3),
        (TensorType.UInt8, 1, "U8", "ByteStorage", 2),
        (TensorType.Bool, 1, "BOOL", "BoolStorage", 9),
    ];

    public static string SafetensorsNames { get; } = string.Join(", ", Table.Select(row => row.Safetensors));

    public static int ElementSize(this TensorType type) => Table[(int)type].Size;

    public static string SafetensorsName(this TensorType type) => Table[(int)type].Safetensors;

    public static int OnnxNumber(this TensorType type) => Table[(int)type].Onnx;

    public static bool IsFloatingPoint(this TensorType type) => type <= TensorType.BFloat16;

    public static TensorType? FromSafetensors(string? name) => Find(row => row.Safetensors == name);

    public static TensorType? FromTorchStorage(string name) => Find(row => row.TorchStorage == name);

    public static TensorType? FromOnnx(long number) => Find(row => row.Onnx == number);

    private static TensorType? Find(Func<(TensorType Type, int Size, string Safetensors, string TorchStorage, int Onnx), bool> matches)
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
