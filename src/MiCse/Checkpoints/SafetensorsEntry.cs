using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>One tensor as a safetensors header declares it; offsets count from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, string TypeName, long[] Shape, long Begin, long End)
{
    /// <summary>The element type; null for one that is left out.</summary>
    public TensorType? Type { get; } = TensorTypeNames.FromSafetensors(TypeName);

    /// <summary>Its size in the file, or null when that does not fit 64 bits or is no whole number of bytes; <see cref="Span"/> for a type of unknown size.</summary>
    public long? ByteCount => Type is { } type ? TensorShape.ByteCount(Shape, type)
        : TensorTypeNames.SafetensorsBits(TypeName) is { } bits ? TensorShape.ByteCount(Shape, bits)
        : Span;

    /// <summary>What the offsets say.</summary>
    public long Span => End - Begin;
}
