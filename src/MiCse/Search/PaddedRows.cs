using System.Runtime.InteropServices;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>A matrix as the kernels read it, outside of the garbage collector's memory.</summary>
internal sealed unsafe class PaddedRows : IDisposable
{
    private const int CacheLine = 64;

    private readonly float* _vectors;
    private readonly float* _norms;
    private readonly int _stride;

    public PaddedRows(EmbeddingMatrix matrix, ReadOnlySpan<double> norms)
    {
        _stride = SegmentLayout.Stride(matrix.Dimensions);
        var bytes = (nuint)Math.Max(1, (long)matrix.Count * _stride * sizeof(float));
        _vectors = (float*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        _norms = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, matrix.Count) * sizeof(float), CacheLine);
        for (var row = 0; row < matrix.Count; row++)
        {
            var target = new Span<float>(_vectors + (long)row * _stride, _stride);
            matrix[row].CopyTo(target);
            target[matrix.Dimensions..].Clear();
            _norms[row] = (float)norms[row];
        }
    }

    public RowBlock Block(int first, int count) => new(_vectors + (long)first * _stride, null, _norms + first, 1, count);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_vectors);
        NativeMemory.AlignedFree(_norms);
    }
}
