using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Search.Scan;

/// <summary>A matrix as the kernels read it, outside of the garbage collector's memory. Equal scores are sorted by row.</summary>
internal sealed unsafe class PaddedRows : IScannedRows, IDisposable
{
    private readonly EmbeddingMatrix _matrix;
    private readonly AlignedMemory<float> _vectors;
    private readonly AlignedMemory<float> _norms;
    private readonly int _stride;

    public PaddedRows(EmbeddingMatrix matrix, ReadOnlySpan<double> norms)
    {
        _matrix = matrix;
        _stride = PaddedBlock.Stride(matrix.Dimensions);
        _vectors = new AlignedMemory<float>((long)matrix.Count * _stride);
        _norms = new AlignedMemory<float>(matrix.Count);
        for (var row = 0; row < matrix.Count; row++)
        {
            matrix[row].CopyTo(new Span<float>(_vectors.Pointer + (long)row * _stride, _stride));
            _norms.Pointer[row] = (float)norms[row];
        }
    }

    public int Blocks => (_matrix.Count + PaddedBlock.MaxRows - 1) / PaddedBlock.MaxRows;

    public PaddedBlock Block(int index)
    {
        var first = index * PaddedBlock.MaxRows;
        var count = Math.Min(PaddedBlock.MaxRows, _matrix.Count - first);
        return new PaddedBlock(_vectors.Pointer + (long)first * _stride, null, _norms.Pointer + first, 1, count) { First = first };
    }

    public ReadOnlySpan<float> Vector(Candidate row) => _matrix[row.Row];

    public int Compare(Candidate first, Candidate second) => first.Row.CompareTo(second.Row);

    public void Dispose()
    {
        _vectors.Dispose();
        _norms.Dispose();
    }
}
