using CsCheck;
using MiCse.Numerics;
using MiCse.Search;

namespace MiCse.Tests.Search;

public unsafe class KernelTests
{
    private static readonly Gen<(int Stride, int Count, int Seed)> Shapes = Gen.Select(Gen.Int[1, 8].Select(n => 32 * n), Gen.Int[1, 20], Gen.Int[0, 1000]);

    [Fact]
    public void One_and_panel_are_the_plain_products() => Shapes.Sample((stride, count, seed) =>
    {
        var random = new Random(seed);
        var rows = Floats(random, stride * count);
        var panel = Floats(random, stride * DotKernel.Lanes);
        var products = new float[(count + DotKernel.RowsAtOnce) * DotKernel.Lanes];
        var single = new float[count];
        var vector = new float[stride];
        fixed (float* r = rows, p = panel, all = products, one = single, v = vector)
        {
            DotKernel.Panel(p, r, stride, count, all);
            for (var lane = 0; lane < DotKernel.Lanes; lane++)
            {
                for (var i = 0; i < stride; i++)
                {
                    vector[i] = panel[i * DotKernel.Lanes + lane];
                }

                DotKernel.One(v, r, stride, count, one);
                for (var row = 0; row < count; row++)
                {
                    var expected = MiCse.Vectors.Similarity.Dot(vector, rows.AsSpan(row * stride, stride));
                    Assert.Equal(expected, products[row * DotKernel.Lanes + lane], 1e-4);
                    Assert.Equal(expected, single[row], 1e-4);
                }
            }
        }
    }, iter: 50, threads: 1);

    [Fact]
    public void Codes_are_multiplied_exactly_even_at_the_largest_numbers()
    {
        foreach (var stride in new[] { 32, 256, 768, 4096 })
        {
            var largest = CodeKernel.LargestFactor(stride);
            var codes = new sbyte[stride];
            var factors = new short[stride];
            Array.Fill(codes, (sbyte)-127);
            Array.Fill(factors, (short)largest);
            factors[3] = 5;
            fixed (sbyte* c = codes)
            fixed (short* f = factors)
            {
                Assert.Equal(-127L * ((stride - 1L) * largest + 5), CodeKernel.Dot(f, c, stride));
            }
        }
    }

    [Fact]
    public void The_distance_of_a_code_is_what_rounding_left() => Gen.Float[-10, 10].Array[1, 70].Sample(vector =>
    {
        var norm = Math.Sqrt(MiCse.Vectors.Similarity.Dot(vector, vector));
        var codes = new sbyte[96];
        var code = DirectionCode.Write(vector, norm, codes);
        var rest = Math.Sqrt(vector.Select((value, i) => Math.Pow((norm == 0 ? 0 : value / norm) - (double)code.Step * codes[i], 2)).Sum());
        Assert.InRange(code.Distance, rest * (1 - 1e-9), rest + 1e-6);
        Assert.True(code.Distance <= 0.5 * code.Step * Math.Sqrt(vector.Length) + 1e-6, "no number is further than half a step from its code");
        Assert.All(codes[vector.Length..], padding => Assert.Equal(0, padding));
    });

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
