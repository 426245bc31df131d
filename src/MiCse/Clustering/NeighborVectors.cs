using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Embeddings at length 1, so that a dot product is a cosine; a zero vector stays zero. Products of blocks of rows are what nearest neighbours are
/// found with. The number of threads and the size of the blocks do not change a bit of a product. Immutable and thread-safe.
/// </summary>
internal sealed class NeighborVectors
{
    private const int KeysAtATime = 3;
    private const int QueriesAtATime = 4;

    private readonly float[] _values;

    // Rows are filled up with zeros to whole vectors: no remainder to treat apart.
    private readonly int _stride;

    /// <exception cref="ArgumentException">A number is NaN or infinite; the message says in which row.</exception>
    public NeighborVectors(EmbeddingMatrix embeddings)
    {
        Count = embeddings.Count;
        Dimensions = embeddings.Dimensions;
        _stride = (Dimensions + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count;
        _values = new float[(long)Count * _stride];
        for (var row = 0; row < Count; row++)
        {
            WriteUnit(embeddings[row], _values.AsSpan(row * _stride, Dimensions), row);
        }
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Length of a row.</summary>
    public int Dimensions { get; }

    /// <summary>One row of length 1, or 0.</summary>
    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * _stride, Dimensions);

    /// <summary>Cosines of a block of rows with a block of other rows.</summary>
    /// <param name="queries">Rows of this matrix.</param>
    /// <param name="others">The other matrix, of the same dimensions.</param>
    /// <param name="keys">Rows of the other matrix.</param>
    /// <param name="cosines">Receives [queries, keys], row-major.</param>
    public void Cosines(Range queries, NeighborVectors others, Range keys, Span<float> cosines)
    {
        var (firstQuery, queryCount) = queries.GetOffsetAndLength(Count);
        var (firstKey, keyCount) = keys.GetOffsetAndLength(others.Count);

        // Queries inside: a block of them stays in the cache while the keys pass by once.
        for (var key = 0; key < keyCount; key += KeysAtATime)
        {
            for (var query = 0; query < queryCount; query += QueriesAtATime)
            {
                var target = cosines[(query * keyCount + key)..];
                if (query + QueriesAtATime <= queryCount && key + KeysAtATime <= keyCount)
                {
                    Tile(ref Row(firstQuery + query), ref others.Row(firstKey + key), target, keyCount);
                    continue;
                }

                for (var q = 0; q < Math.Min(QueriesAtATime, queryCount - query); q++)
                {
                    for (var k = 0; k < Math.Min(KeysAtATime, keyCount - key); k++)
                    {
                        target[q * keyCount + k] = Single(ref Row(firstQuery + query + q), ref others.Row(firstKey + key + k));
                    }
                }
            }
        }
    }

    /// <summary>4 × 3 products at a time: twelve sums stay in registers, and 7 loads serve 12 multiplications.</summary>
    private void Tile(ref float queries, ref float keys, Span<float> target, int targetStride)
    {
        Vector256<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (var i = 0; i < _stride; i += Vector256<float>.Count)
        {
            var k0 = Load(ref keys, i);
            var k1 = Load(ref keys, _stride + i);
            var k2 = Load(ref keys, 2 * _stride + i);
            var query = Load(ref queries, i);
            s00 = Vector256.FusedMultiplyAdd(query, k0, s00);
            s01 = Vector256.FusedMultiplyAdd(query, k1, s01);
            s02 = Vector256.FusedMultiplyAdd(query, k2, s02);
            query = Load(ref queries, _stride + i);
            s10 = Vector256.FusedMultiplyAdd(query, k0, s10);
            s11 = Vector256.FusedMultiplyAdd(query, k1, s11);
            s12 = Vector256.FusedMultiplyAdd(query, k2, s12);
            query = Load(ref queries, 2 * _stride + i);
            s20 = Vector256.FusedMultiplyAdd(query, k0, s20);
            s21 = Vector256.FusedMultiplyAdd(query, k1, s21);
            s22 = Vector256.FusedMultiplyAdd(query, k2, s22);
            query = Load(ref queries, 3 * _stride + i);
            s30 = Vector256.FusedMultiplyAdd(query, k0, s30);
            s31 = Vector256.FusedMultiplyAdd(query, k1, s31);
            s32 = Vector256.FusedMultiplyAdd(query, k2, s32);
        }

        Store(target, s00, s01, s02);
        Store(target[targetStride..], s10, s11, s12);
        Store(target[(2 * targetStride)..], s20, s21, s22);
        Store(target[(3 * targetStride)..], s30, s31, s32);
    }

    private float Single(ref float query, ref float key)
    {
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < _stride; i += Vector256<float>.Count)
        {
            sum = Vector256.FusedMultiplyAdd(Load(ref query, i), Load(ref key, i), sum);
        }

        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(ref float row, int index) => Vector256.LoadUnsafe(ref row, (nuint)index);

    private static void Store(Span<float> target, Vector256<float> first, Vector256<float> second, Vector256<float> third) =>
        (target[0], target[1], target[2]) = (Vector256.Sum(first), Vector256.Sum(second), Vector256.Sum(third));

    private ref float Row(int row) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_values), (nint)row * _stride);

    private static void WriteUnit(ReadOnlySpan<float> row, Span<float> unit, int index)
    {
        var length = 0.0;
        foreach (var value in row)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"Row {index} (counted from 0) of the embeddings holds {value}; only finite numbers have a place on a map.");
            }

            length += (double)value * value;
        }

        if (length > 0)
        {
            var scale = 1 / Math.Sqrt(length);
            for (var i = 0; i < row.Length; i++)
            {
                unit[i] = (float)(row[i] * scale);
            }
        }
    }
}
