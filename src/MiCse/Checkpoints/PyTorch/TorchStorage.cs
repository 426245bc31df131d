using MiCse.Tensors;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>A run of elements in the file that tensors are views of.</summary>
/// <param name="Class">The storage class, which says the element type.</param>
/// <param name="ElementCount">How many elements the pickle declares.</param>
internal sealed record TorchStorage(TorchGlobal Class, long ElementCount)
{
    private Func<long, int, ReadOnlyMemory<byte>>? _source;

    /// <summary>The element type; null for one that is left out.</summary>
    public TensorType? Type { get; } = Class.StorageType;

    public long ByteCount => ElementCount * Class.StorageElementSize!.Value;

    /// <summary>Says where the bytes are: a function of byte offset and length. In the legacy format that is known only after the pickle.</summary>
    public void Locate(Func<long, int, ReadOnlyMemory<byte>> source) => _source = source;

    public ReadOnlyMemory<byte> Slice(long offset, int length) =>
        (_source ?? throw new InvalidOperationException("The storage has no place yet."))(offset, length);
}
