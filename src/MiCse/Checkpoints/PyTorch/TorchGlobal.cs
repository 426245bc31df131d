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

    public static TorchGlobal RebuildParameter { get; } = new("torch._utils._rebuild_parameter");

    private const string StorageModule = "torch.";

    private static readonly TorchGlobal[] Functions = [OrderedDictionary, Size, RebuildTensor, RebuildTensorV2, RebuildParameter];

    /// <summary>The element type when this names a storage class such as torch.FloatStorage.</summary>
    public TensorType? StorageType =>
        Name.StartsWith(StorageModule, StringComparison.Ordinal) ? TensorTypeNames.FromTorchStorage(Name[StorageModule.Length..]) : null;

    /// <returns>Null when the name is not on the list.</returns>
    public static TorchGlobal? Find(string module, string name)
    {
        var global = new TorchGlobal($"{module}.{name}");
        return global.StorageType is not null ? global : Array.Find(Functions, function => function == global);
    }
}
