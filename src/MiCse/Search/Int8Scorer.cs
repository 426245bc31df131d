using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>
/// Compares up to sixteen queries with the codes of the rows. With u the query's direction, v = s·c + r that of the row, and u = t·b + p for the
/// query in int16, u·v = t·s·(b·c) + p·(s·c) + u·r, so the product of the integers is off by |p|·(1 + |r|) + |r| at most.
/// </summary>
internal sealed unsafe class Int8Scorer : RowScorer
{
    private readonly int _stride;
    private readonly SimilarityMeasure _measure;
    private readonly short[] _factors;
    private readonly float[] _steps;
    private readonly float _distance;

    /// <summary>Takes some rows of a matrix as queries.</summary>
    public Int8Scorer(EmbeddingMatrix queries, ReadOnlySpan<double> norms, Range range, SimilarityMeasure measure)
    {
        var (first, count) = range.GetOffsetAndLength(queries.Count);
        Queries = count;
        _stride = SegmentLayout.Stride(queries.Dimensions);
        _measure = measure;
        _factors = GC.AllocateArray<short>(_stride * count, pinned: true);
        _steps = new float[count];
        for (var query = 0; query < count; query++)
        {
            var distance = Round(queries[first + query], norms[first + query], _factors.AsSpan(query * _stride, _stride), out _steps[query]);
            _distance = Math.Max(_distance, (float)distance);
        }
    }

    public override int Queries { get; }

    public override void Score(RowBlock block, Span<float> keys, Span<float> margins)
    {
        var rounding = RoundingMargin(_stride);
        fixed (short* factors = _factors)
        {
            for (var row = 0; row < block.Count; row++)
            {
                var code = block.Code(row);
                var scale = _measure == SimilarityMeasure.Cosine ? 1 : block.Norm(row);
                for (var query = 0; query < Queries; query++)
                {
                    var product = CodeKernel.Dot(factors + query * _stride, block.Codes + (long)row * _stride, _stride);
                    keys[row * Lanes + query] = product * (_steps[query] * code.Step) * scale;
                }

                margins[row] = (_distance * (1 + code.Distance) + code.Distance + rounding) * scale;
            }
        }
    }

    /// <summary>A query's direction in int16.</summary>
    /// <returns>The distance that rounding left.</returns>
    private static double Round(ReadOnlySpan<float> query, double norm, Span<short> factors, out float step)
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

        var most = CodeKernel.LargestFactor(factors.Length);
        step = (float)(largest / most);
        var squares = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            var value = query[i] / norm;
            factors[i] = (short)Math.Clamp(Math.Round(value / step), -most, most);
            var rest = value - (double)step * factors[i];
            squares += rest * rest;
        }

        return Math.Sqrt(squares);
    }
}
