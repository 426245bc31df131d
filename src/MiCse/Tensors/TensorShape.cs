namespace MiCse.Tensors;

/// <summary>Arithmetic on shapes that a file declares, and that may therefore be nonsense.</summary>
internal static class TensorShape
{
    /// <summary>More dimensions than any tensor has; bounds what a hostile file can make a reader copy.</summary>
    public const int MaximumRank = 64;

    /// <summary>Bytes of a tensor, or null when that does not fit 64 bits (a factor of 0 does not excuse the others).</summary>
    public static long? ByteCount(IReadOnlyList<long> shape, TensorType type)
    {
        try
        {
            return shape.Aggregate((long)type.ElementSize(), (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    public static string Describe(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";
}
