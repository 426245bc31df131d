using System.Buffers;
using MiCse.Tensors;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>
/// The Python names a state dict may use: the allow-list. Each stands for a few lines of this library; nothing is looked up or called in Python.
/// </summary>
internal sealed record TorchGlobal(string Name)
{
    public static TorchGlobal OrderedDictionary { get; } = new("collections.OrderedDict");

    public static TorchGlobal Size { get; } = new("torch.Size");

    public static TorchGlobal RebuildTensor { get; } = new("torch._utils._rebuild_tensor");

    public static TorchGlobal RebuildTensorV2 { get; } = new("torch._utils._rebuild_tensor_v2");

    /// <summary>The one for element types that have no storage class, such as uint16 and float8: it names the type beside untyped bytes.</summary>
    public static TorchGlobal RebuildTensorV3 { get; } = new("torch._utils._rebuild_tensor_v3");

    public static TorchGlobal RebuildParameter { get; } = new("torch._utils._rebuild_parameter");

    private const string Module = "torch.";

    private static readonly TorchGlobal[] Functions =
        [OrderedDictionary, Size, RebuildTensor, RebuildTensorV2, RebuildTensorV3, RebuildParameter];

    private static readonly string[] ElementTypes = ["float", "bfloat", "int", "uint", "complex", "bits", "qint", "quint"];

    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>The element type when this names a storage class such as torch.FloatStorage; null also for those that are left out.</summary>
    public TensorType? StorageType => InTorch is { } name ? TensorTypeNames.FromTorchStorage(name) : null;

    /// <summary>The bytes of an element when this names a storage class.</summary>
    public int? StorageElementSize => InTorch is { } name ? TensorTypeNames.TorchStorageSize(name) : null;

    /// <summary>Whether this names an element type, as torch.float8_e4m3fn does.</summary>
    public bool IsElementType => InTorch is { } name
        && Array.Exists(ElementTypes, kind => name.StartsWith(kind, StringComparison.Ordinal) && name.Length > kind.Length && char.IsAsciiDigit(name[kind.Length]))
        && !name.AsSpan().ContainsAnyExcept(TypeCharacters);

    private string? InTorch => Name.StartsWith(Module, StringComparison.Ordinal) ? Name[Module.Length..] : null;

    /// <returns>Null when the name is not on the list.</returns>
    public static TorchGlobal? Find(string module, string name)
    {
        var global = new TorchGlobal($"{module}.{name}");
        return global.StorageElementSize is not null || global.IsElementType ? global : Array.Find(Functions, function => function == global);
    }
}
