using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>A view of a storage: what <c>torch._utils._rebuild_tensor_v2</c> describes. Offset and strides count elements.</summary>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Stride)
{
    /// <summary>The element type as the file spells it, for tensors that are left out because of it.</summary>
    public string TypeName { get; init; } = Storage.Class.Name;

    /// <summary>The elements in row-major order: a region of the storage where they already lie so, else a copy.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="copyBudget">Bytes that may still be copied; what is copied is taken off.</param>
    /// <exception cref="ModelFormatException">The view reaches outside its storage or is absurdly large.</exception>
    public Tensor Materialize(string path, string name, ref long copyBudget)
    {
        var type = Storage.Type ?? throw new InvalidOperationException("Tensors of this type are left out.");
        var elementSize = type.ElementSize();
        var size = TensorShape.ByteCount(Shape, type);
        if (size is null || size > Array.MaxLength)
        {
            throw new ModelFormatException(
                path, $"tensor '{JsonFailure.Cut(name)}' has shape {TensorShape.Describe(Shape)}; a single tensor may have at most 2 GB");
        }

        if (size == 0)
        {
            return new Tensor(name, type, Shape, ReadOnlyMemory<byte>.Empty);
        }

        var span = CheckInside(path, name, elementSize);
        var isContiguous = IsContiguous();
        if (!isContiguous && (copyBudget -= size.Value) < 0)
        {
            throw new ModelFormatException(path, $"tensor '{JsonFailure.Cut(name)}' and others are views that repeat far more elements than the file has");
        }

        var region = Storage.Slice(Offset * elementSize, checked((int)(span * elementSize)));
        return new Tensor(name, type, Shape, isContiguous ? region : Gather(region.Span, (int)size, elementSize));
    }

    /// <returns>Elements from the first to the last that the view touches.</returns>
    private long CheckInside(string path, string name, int elementSize)
    {
        try
        {
            var span = 1L;
            for (var dimension = 0; dimension < Shape.Length; dimension++)
            {
                span = checked(span + ((Shape[dimension] - 1) * Stride[dimension]));
            }

            if (checked(Offset + span) <= Storage.ElementCount && span * elementSize <= Array.MaxLength)
            {
                return span;
            }
        }
        catch (OverflowException)
        {
            // Reported like any other view that reaches too far.
        }

        throw new ModelFormatException(
            path,
            $"tensor '{JsonFailure.Cut(name)}' (shape {TensorShape.Describe(Shape)}, stride {TensorShape.Describe(Stride)}, offset {Offset}) "
            + $"reaches outside its storage of {Storage.ElementCount} elements");
    }

    private bool IsContiguous()
    {
        var expected = 1L;
        for (var dimension = Shape.Length - 1; dimension >= 0; dimension--)
        {
            if (Shape[dimension] != 1 && Stride[dimension] != expected)
            {
                return false;
            }

            expected *= Shape[dimension];
        }

        return true;
    }

    private byte[] Gather(ReadOnlySpan<byte> source, int size, int elementSize)
    {
        var elements = new byte[size];
        var index = new long[Shape.Length];
        var from = 0L;
        for (var to = 0; to < size; to += elementSize)
        {
            source.Slice((int)from * elementSize, elementSize).CopyTo(elements.AsSpan(to));
            for (var dimension = Shape.Length - 1; dimension >= 0; dimension--)
            {
                from += Stride[dimension];
                if (++index[dimension] < Shape[dimension])
                {
                    break;
                }

                from -= Shape[dimension] * Stride[dimension];
                index[dimension] = 0;
            }
        }

        return elements;
    }
}
