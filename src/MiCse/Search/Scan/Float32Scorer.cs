using System.Numerics.Tensors;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Search.Scan;

/// <summary>Compares queries with the vectors themselves.</summary>
internal sealed unsafe class Float32Scorer : RowScorer
{
    // Six rows share a tile of the kernel.
    private const int TileRows = TileKernel.Rows;

    // One query as it is, or several packed as the right-hand matrix of a multiplication.
    private readonly float[] _queries;
    private readonly int _stride;
    private readonly float _margin;
    private readonly SimilarityMeasure _measure;

    public Float32Scorer(ScanRequest request, int first, int count)
        : base(first, count)
    {
        _stride = PaddedBlock.Stride(request.Queries.Dimensions);
        _measure = request.Measure;
        // Alone, a query's sum is cut into 32; beside others it is added up in one go.
        _margin = RoundingMargin(count == 1 ? _stride / 8 : _stride);
        var directions = GC.AllocateArray<float>(_stride * count, pinned: true);
        for (var query = 0; query < count; query++)
        {
            var scale = request.Norms[first + query] == 0 ? 0 : 1 / request.Norms[first + query];
            var vector = request.Queries[first + query];
            for (var i = 0; i < vector.Length; i++)
            {
                directions[query * _stride + i] = (float)(vector[i] * scale);
            }
        }

        _queries = count == 1 ? directions : GC.AllocateArray<float>((int)Panels.Size(_stride, count), pinned: true);
        if (count > 1)
        {
            fixed (float* source = directions, packed = _queries)
            {
                Panels.PackTransposed(source, _stride, _stride, count, packed);
            }
        }
    }

    public override void Score(PaddedBlock block, Span<float> keys, Span<float> margins)
    {
        fixed (float* queries = _queries, products = keys)
        {
            Multiply(queries, block, products);
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

    private void Multiply(float* queries, PaddedBlock block, float* products)
    {
        if (Lanes == 1)
        {
            DotKernel.Multiply(queries, block.Vectors, _stride, block.Count, products);
            return;
        }

        if (block.Count >= TileRows)
        {
            Panels.Multiply(block.Vectors, _stride, block.Count, queries, _stride, Count, null, products, Lanes, 0, Panels.Count(Count));
            return;
        }

        // A tile has six rows: of fewer, each is computed six times in the same place.
        for (var row = 0; row < block.Count; row++)
        {
            Panels.Multiply(block.Vectors + row * _stride, 0, TileRows, queries, _stride, Count, null, products + row * Lanes, 0, 0, Panels.Count(Count));
        }
    }
}
