using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MiCse.Training.Distributed;

/// <summary>
/// Sums that are the same to the last bit however many ranks there are. Terms are added as the leaves of a tree: 0 + 1, 2 + 3, …, then those sums in pairs, and so on; a term
/// without a partner moves up. Where a rank has a power of two of neighbouring terms, its own sum is a branch of that tree, and so one leaf of the tree over the ranks.
/// </summary>
/// <remarks>MPI's own sum promises no order: it depends on the number of ranks, the size and the tuning of the installation.</remarks>
internal static class SumInOrder
{
    /// <summary>Adds up the terms, into the first one.</summary>
    /// <param name="terms">Their number.</param>
    /// <param name="add">Adds the second term named to the first one.</param>
    public static void Tree(int terms, Action<int, int> add)
    {
        for (var stride = 1; stride < terms; stride *= 2)
        {
            for (var term = 0; term + stride < terms; term += 2 * stride)
            {
                add(term, term + stride);
            }
        }
    }

    /// <summary>Replaces the values of every rank by their sum over the ranks: each rank adds up a part of them, and all collect the parts.</summary>
    /// <param name="ranks">Who takes part.</param>
    /// <param name="values">As many on every rank.</param>
    public static void Sum(this ICollective ranks, Span<float> values)
    {
        if (ranks.Count == 1)
        {
            return;
        }

        var length = (values.Length + ranks.Count - 1) / ranks.Count;
        var parts = new float[length * ranks.Count];
        var received = new float[parts.Length];
        values.CopyTo(parts);
        ranks.Exchange(parts, received);
        Tree(ranks.Count, (to, from) =>
        {
            var sum = received.AsSpan(to * length, length);
            TensorPrimitives.Add(sum, received.AsSpan(from * length, length), sum);
        });
        ranks.Gather(MemoryMarshal.AsBytes(received.AsSpan(0, length)), MemoryMarshal.AsBytes(parts.AsSpan()));
        parts.AsSpan(0, values.Length).CopyTo(values);
    }
}
