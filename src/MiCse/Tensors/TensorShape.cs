namespace MiCse.Tensors;

/// <summary>Arithmetic on shapes that a file declares, and that may therefore be nonsense.</summary>
internal static class TensorShape
{
    /// <summary>More dimensions than any tensor has; bounds what a hostile file can make a reader copy.</summary>
    public const int MaximumRank = 64;

    /// <summary>Bytes of a tensor, or null when that does not fit 64 bits (a factor of 0 does not excuse the others).</summary>
    public static long? ByteCount(IReadOnlyList<long> shape, TensorType type) => Multiply(shape, type.ElementSize());

    /// <summary>Bytes of a tensor whose elements have so many bits; null also when they fill no whole number of bytes.</summary>
    public static long? ByteCount(IReadOnlyList<long> shape, int bits) =>
        bits % 8 == 0 ? Multiply(shape, bits / 8) : Multiply(shape, bits) is { } all && all % 8 == 0 ? all / 8 : null;

    private static long? Multiply(IReadOnlyList<long> shape, long elementSize)
    {
        try
        {
            var product = elementSize;
            for (var dimension = 0; dimension < shape.Count; dimension++)
            {
                product = checked(product * shape[dimension]);
            }

            return product;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Whether two shapes are the same.</summary>
    public static bool AreEqual(IReadOnlyList<long> shape, IReadOnlyList<long> other)
    {
        if (shape.Count != other.Count)
        {
            return false;
        }

        for (var dimension = 0; dimension < shape.Count; dimension++)
        {
            if (shape[dimension] != other[dimension])
            {
                return false;
            }
        }

        return true;
    }

    public static string Describe(IReadOnlyList<long> shape) => shape.Count <= MaximumRank ? $"[{string.Join(", ", shape)}]" : $"[{string.Join(", ", shape.Take(MaximumRank))}, …]";
}
