using System.Numerics.Tensors;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Search;

/// <summary>Compares up to sixteen queries with the vectors themselves.</summary>
internal sealed unsafe class Float32Scorer : RowScorer
{
    private readonly float[] _panel;
    private readonly int _stride;
    private readonly float _margin;
    private readonly SimilarityMeasure _measure;

    /// <summary>Takes some rows of a matrix as queries.</summary>
    public Float32Scorer(EmbeddingMatrix queries, ReadOnlySpan<double> norms, Range range, SimilarityMeasure measure)
    {
        var (first, count) = range.GetOffsetAndLength(queries.Count);
        Queries = count;
        _stride = SegmentLayout.Stride(queries.Dimensions);
        _margin = RoundingMargin(_stride);
        _measure = measure;
        _panel = GC.AllocateArray<float>(_stride * Lanes, pinned: true);
        for (var lane = 0; lane < count; lane++)
        {
            var scale = norms[first + lane] == 0 ? 0 : 1 / norms[first + lane];
            var query = queries[first + lane];
            for (var i = 0; i < query.Length; i++)
            {
                _panel[i * Lanes + lane] = (float)(query[i] * scale);
            }
        }
    }

    public override int Queries { get; }

    public override void Score(RowBlock block, Span<float> keys, Span<float> margins)
    {
        fixed (float* panel = _panel, products = keys)
        {
            if (Lanes == 1)
            {
                DotKernel.One(panel, block.Vectors, _stride, block.Count, products);
            }
            else
            {
                DotKernel.Panel(panel, block.Vectors, _stride, block.Count, products);
            }
        }

        for (var row = 0; row < block.Count; row++)
        {
            var norm = block.Norm(row);
            if (_measure == SimilarityMeasure.DotProduct)
            {
                margins[row] = _margin * norm;
                continue;
            }

            margins[row] = _margin;
            var inverse = norm == 0 ? 0 : 1 / norm;
            if (Lanes == 1)
            {
                keys[row] *= inverse;
            }
            else
            {
                var own = keys.Slice(row * Lanes, Lanes);
                TensorPrimitives.Multiply(own, inverse, own);
            }
        }
    }
}
