using MiCse.Tensors;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>What the allowed Python names mean here.</summary>
internal static class TorchFunctions
{
    /// <returns>Null when the arguments do not fit.</returns>
    public static object? Call(TorchGlobal function, object?[] arguments)
    {
        if (function == TorchGlobal.OrderedDictionary)
        {
            return arguments is [] ? new PickleDictionary() : null;
        }

        if (function == TorchGlobal.Size)
        {
            return arguments is [object?[] sizes] ? sizes : null;
        }

        if (function == TorchGlobal.RebuildParameter)
        {
            return arguments is [TorchTensor data, bool, _] ? data : null;
        }

        if (function == TorchGlobal.RebuildTensor || function == TorchGlobal.RebuildTensorV2)
        {
            return arguments is [TorchStorage storage, long and >= 0 and var offset, object?[] shape, object?[] stride, ..]
                && arguments.Length == (function == TorchGlobal.RebuildTensor ? 4 : Math.Clamp(arguments.Length, 6, 7))
                && shape.Length == stride.Length && shape.Length <= TensorShape.MaximumRank
                && Array.TrueForAll(shape, IsSize) && Array.TrueForAll(stride, IsSize)
                ? new TorchTensor(storage, offset, Array.ConvertAll(shape, size => (long)size!), Array.ConvertAll(stride, size => (long)size!))
                : null;
        }

        if (function == TorchGlobal.RebuildTensorV3)
        {
            return arguments is [TorchStorage bytes, long, object?[] sizes, object?[] strides, _, _, TorchGlobal { IsElementType: true } type, ..]
                && bytes.Type is null && sizes.Length == strides.Length && sizes.Length <= TensorShape.MaximumRank
                && Array.TrueForAll(sizes, IsSize) && Array.TrueForAll(strides, IsSize)
                ? new TorchTensor(bytes, 0, Array.ConvertAll(sizes, size => (long)size!), Array.ConvertAll(strides, size => (long)size!)) { TypeName = type.Name }
                : null;
        }

        return null;
    }

    private static bool IsSize(object? value) => value is long and >= 0;
}
