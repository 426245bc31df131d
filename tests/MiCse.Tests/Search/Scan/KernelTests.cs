using CsCheck;
using MiCse.Numerics;
using MiCse.Search.Scan;
using MiCse.Vectors;

namespace MiCse.Tests.Search.Scan;

public unsafe class KernelTests
{
    private static readonly Gen<(int Stride, int Count, int Seed)> Shapes = Gen.Select(Gen.Int[1, 8].Select(n => 32 * n), Gen.Int[1, 20], Gen.Int[0, 1000]);

    [Fact]
    public void Products_with_one_vector_are_the_plain_ones() => Shapes.Sample((stride, count, seed) =>
    {
        var random = new Random(seed);
        var rows = Floats(random, stride * count);
        var vector = Floats(random, stride);
        var products = new float[count];
        fixed (float* r = rows, v = vector, all = products)
        {
            DotKernel.Multiply(v, r, stride, count, all);
        }

        for (var row = 0; row < count; row++)
        {
            Assert.Equal(Similarity.Dot(vector, rows.AsSpan(row * stride, stride)), products[row], 1e-4);
        }
    }, iter: 50, threads: 1);

    [Fact]
    public void Keys_are_within_their_margin_of_the_plain_similarity() => Gen.Select(
        Gen.Int[1, 300], Gen.Int[1, 20], Gen.Int[1, 64], Gen.Bool, Gen.Bool.Select(isCosine => isCosine ? SimilarityMeasure.Cosine : SimilarityMeasure.DotProduct), Gen.Int[0, 1000]).Sample(
        (dimensions, count, queries, quantized, measure, seed) =>
        {
            var random = new Random(seed);
            AssertWithinMargins(Matrix(random, queries, dimensions), Matrix(random, count, dimensions), quantized, measure);
        }, iter: 60, threads: 1);

    [Fact]
    public void Keys_of_constant_vectors_are_within_their_margin()
    {
        // Terms that are all the same are rounded the same way again and again.
        var random = new Random(5);
        const int dimensions = 512;
        var rows = new EmbeddingMatrix(200, dimensions);
        for (var row = 0; row < rows.Count; row++)
        {
            rows[row].Fill((float)(0.5 + random.NextDouble()));
        }

        var queries = new EmbeddingMatrix(2, dimensions);
        queries.Values.Fill(1);
        AssertWithinMargins(queries, rows, quantized: false, SimilarityMeasure.Cosine);
    }

    [Fact]
    public void Quantized_values_are_multiplied_exactly_even_at_the_largest()
    {
        foreach (var stride in new[] { 32, 256, 768, 4096 })
        {
            var largest = Int8DotKernel.LargestValue(stride);
            var values = new sbyte[stride];
            var vector = new short[stride];
            Array.Fill(values, (sbyte)-127);
            Array.Fill(vector, (short)largest);
            vector[3] = 5;
            fixed (sbyte* c = values)
            fixed (short* f = vector)
            {
                Assert.Equal(-127L * ((stride - 1L) * largest + 5), Int8DotKernel.Dot(f, c, stride));
            }
        }
    }

    [Fact]
    public void The_distance_of_a_quantized_direction_is_what_rounding_left() => Gen.Float[-10, 10].Array[1, 70].Sample(vector =>
    {
        var norm = Math.Sqrt(Similarity.Dot(vector, vector));
        var values = new sbyte[96];
        var direction = QuantizedDirection.Of(vector, norm, values);
        var rest = Math.Sqrt(vector.Select((value, i) => Math.Pow((norm == 0 ? 0 : value / norm) - (double)direction.Step * values[i], 2)).Sum());
        Assert.InRange(direction.Distance, rest * (1 - 1e-9), rest + 1e-6);
        Assert.True(direction.Distance <= 0.5 * direction.Step * Math.Sqrt(vector.Length) + 1e-6, "no value is further than half a step from its level");
        Assert.All(values[vector.Length..], padding => Assert.Equal(0, padding));
    });

    private static EmbeddingMatrix Matrix(Random random, int count, int dimensions) => new(Floats(random, count * dimensions), count, dimensions);

    private static void AssertWithinMargins(EmbeddingMatrix queries, EmbeddingMatrix rows, bool quantized, SimilarityMeasure measure)
    {
        var request = new ScanRequest(queries, Norms(queries), 1, measure, null, quantized);
        var scorer = RowScorer.Create(request, 0, queries.Count);
        var norms = Norms(rows);
        using var padded = new PaddedRows(rows, norms);
        var stride = PaddedBlock.Stride(rows.Dimensions);
        var bytes = new sbyte[rows.Count * stride];
        var scales = new float[3 * rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            var direction = QuantizedDirection.Of(rows[row], norms[row], bytes.AsSpan(row * stride, stride));
            (scales[3 * row], scales[3 * row + 1], scales[3 * row + 2]) = ((float)norms[row], direction.Step, direction.Distance);
        }

        var keys = new float[PaddedBlock.MaxRows * scorer.Lanes];
        var margins = new float[rows.Count];
        fixed (sbyte* b = bytes)
        fixed (float* s = scales)
        {
            scorer.Score(quantized ? new PaddedBlock(null, b, s, 3, rows.Count) : padded.Block(0), keys, margins);
        }

        for (var row = 0; row < rows.Count; row++)
        {
            for (var query = 0; query < queries.Count; query++)
            {
                var expected = measure == SimilarityMeasure.Cosine
                    ? Similarity.Cosine(queries[query], rows[row])
                    : Similarity.Dot(queries[query], rows[row]) / request.Norms[query];
                Assert.InRange(keys[row * scorer.Lanes + query], expected - margins[row], expected + margins[row]);
            }
        }
    }

    private static double[] Norms(EmbeddingMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.Count).Select(row => Math.Sqrt(Similarity.Dot(matrix[row], matrix[row])))];

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
