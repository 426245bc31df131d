using MiCse.Numerics;

namespace MiCse.Search.Scan;

/// <summary>Some rows as the kernels read them: zero-filled to <see cref="Stride"/> values.</summary>
/// <param name="vectors">The vectors; null where the quantized ones are read.</param>
/// <param name="quantized">The vectors quantized to int8; null where the vectors are read.</param>
/// <param name="scales">The length of each vector; with quantized ones their step and distance after it.</param>
/// <param name="scalesPerRow">Numbers a row in <paramref name="scales"/>.</param>
/// <param name="count">How many rows.</param>
internal readonly unsafe struct PaddedBlock(float* vectors, sbyte* quantized, float* scales, int scalesPerRow, int count)
{
    /// <summary>Rows of a block at most: 256 KiB of float32 vectors of 256 dimensions, which the second-level cache holds beside the queries.</summary>
    public const int MaxRows = 256;

    public float* Vectors => vectors;

    public sbyte* Quantized => quantized;

    public int Count => count;

    /// <summary>The segment that the rows belong to; it is part of a <see cref="Candidate"/>.</summary>
    public int Segment { get; init; }

    /// <summary>The first row's number in its segment.</summary>
    public int First { get; init; }

    /// <summary>Rows of the segment to leave out; null for none.</summary>
    public RowSet? Removed { get; init; }

    /// <summary>Values from one row to the next, so that no kernel has a remainder to handle.</summary>
    public static int Stride(int dimensions) => (dimensions + DotKernel.Alignment - 1) / DotKernel.Alignment * DotKernel.Alignment;

    public float Norm(int row) => scales[row * scalesPerRow];

    public QuantizedDirection Direction(int row) => new(scales[row * scalesPerRow + 1], scales[row * scalesPerRow + 2]);
}
