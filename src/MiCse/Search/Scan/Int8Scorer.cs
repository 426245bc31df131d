using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Search.Scan;

/// <summary>
/// Compares queries with the rows quantized to int8. With u the query's direction, v = s·c + r that of the row, and u = t·b + p for the query
/// quantized to int16, u·v = t·s·(b·c) + p·(s·c) + u·r, so the dot product of the integers is off by |p|·(1 + |r|) + |r| at most.
/// </summary>
internal sealed unsafe class Int8Scorer : RowScorer
{
    private readonly int _stride;
    private readonly SimilarityMeasure _measure;
    private readonly short[] _queries;
    private readonly float[] _steps;
    private readonly float _distance;
    private readonly float _rounding;

    public Int8Scorer(ScanRequest request, int first, int count)
        : base(first, count)
    {
        _stride = PaddedBlock.Stride(request.Queries.Dimensions);
        _measure = request.Measure;
        _rounding = RoundingMargin(_stride / 8);
        _queries = GC.AllocateArray<short>(_stride * count, pinned: true);
        _steps = new float[count];
        for (var query = 0; query < count; query++)
        {
            var distance = Quantize(request.Queries[first + query], request.Norms[first + query], _queries.AsSpan(query * _stride, _stride), out _steps[query]);
            _distance = Math.Max(_distance, (float)distance);
        }
    }

    public override void Score(PaddedBlock block, Span<float> keys, Span<float> margins)
    {
        fixed (short* queries = _queries)
        {
            for (var row = 0; row < block.Count; row++)
            {
                var direction = block.Direction(row);
                var scale = _measure == SimilarityMeasure.Cosine ? 1 : block.Norm(row);
                for (var query = 0; query < Count; query++)
                {
                    var product = Int8DotKernel.Dot(queries + query * _stride, block.Quantized + (long)row * _stride, _stride);
                    keys[row * Lanes + query] = product * (_steps[query] * direction.Step) * scale;
                }

                margins[row] = (_distance * (1 + direction.Distance) + direction.Distance + _rounding) * scale;
            }
        }
    }

    /// <summary>A query's direction in int16.</summary>
    /// <returns>The distance that rounding left.</returns>
    private static double Quantize(ReadOnlySpan<float> query, double norm, Span<short> quantized, out float step)
    {
        step = 0;
        var largest = 0.0;
        foreach (var value in query)
        {
            largest = Math.Max(largest, Math.Abs(value) / (norm == 0 ? 1 : norm));
        }

        if (largest == 0)
        {
            return 0;
        }

        var levels = Int8DotKernel.LargestValue(quantized.Length);
        step = (float)(largest / levels);
        var squares = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            var value = query[i] / norm;
            quantized[i] = (short)Math.Clamp(Math.Round(value / step), -levels, levels);
            var rest = value - (double)step * quantized[i];
            squares += rest * rest;
        }

        return Math.Sqrt(squares);
    }
}
