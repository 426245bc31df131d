using CsCheck;
using MiCse.Numerics;

namespace MiCse.Tests.Numerics;

/// <summary>Products of packed factors against plain loops in double precision.</summary>
public unsafe class PanelsTests
{
    /// <summary>Rows, depth, columns, where rows begin, and what is in the matrices.</summary>
    private static readonly Gen<(int Rows, int Depth, int Columns, int Gap, int Seed)> Shapes =
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 90], Gen.Int[1, 150], Gen.Int[0, 5], Gen.Int);

    [Fact]
    public void A_product_is_that_of_plain_loops() => Shapes.Sample(
        shape =>
        {
            var (rows, depth, columns, _, seed) = shape;
            var random = new Random(seed);
            var (left, right) = (Numbers(random, rows * depth), Numbers(random, depth * columns));
            var expected = Enumerable.Range(0, rows * columns).Select(i =>
                Enumerable.Range(0, depth).Sum(step => (double)left[i / columns * depth + step] * right[step * columns + i % columns]));

            Close.Assert(expected, Multiply(left, right, shape).Select(x => (double)x), 1e-5 * Math.Sqrt(depth));
        },
        iter: 200);

    [Fact]
    public void A_row_has_the_same_bytes_alone_and_however_the_panels_are_shared() => Shapes.Sample(
        shape =>
        {
            var random = new Random(shape.Seed);
            var (left, right) = (Numbers(random, shape.Rows * shape.Depth), Numbers(random, shape.Depth * shape.Columns));
            var whole = Multiply(left, right, shape);
            var row = random.Next(shape.Rows);
            var alone = Multiply(left[(row * shape.Depth)..((row + 1) * shape.Depth)], right, shape with { Rows = 1 });

            Assert.Equal(whole[(row * shape.Columns)..((row + 1) * shape.Columns)], alone);
            Assert.Equal(whole, Multiply(left, right, shape, cut: random.Next(Panels.Count(shape.Columns) + 1)));
        },
        iter: 200);

    [Fact]
    public void Half_precision_is_packed_as_its_values_in_float32_are()
    {
        const int Depth = 128, Columns = 0x10000 / Depth;
        Half[] halves = [.. Enumerable.Range(0, 0x10000).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        var singles = Array.ConvertAll(halves, half => (float)half);
        foreach (var (depth, columns) in ((int, int)[])[(Depth, Columns), (Depth - 3, Columns - 5)]) // whole squares, and what is left over
        {
            var (expected, packed) = (new float[Panels.Size(depth, columns)], new float[Panels.Size(depth, columns)]);
            fixed (float* source = singles, target = expected)
            {
                Panels.PackTransposed(source, Depth, depth, columns, target);
            }

            fixed (Half* source = halves)
            {
                fixed (float* target = packed)
                {
                    Panels.PackTransposed(source, Depth, depth, columns, target);
                }
            }

            Assert.Equal(expected.Select(Bits), packed.Select(Bits));
        }

        static int Bits(float value) => float.IsNaN(value) ? int.MaxValue : BitConverter.SingleToInt32Bits(value);
    }

    [Fact]
    public void Every_kind_of_vector_gives_the_same_sums() => Gen.Select(Gen.Int[0, 70], Gen.Int).Sample(
        (depth, seed) =>
        {
            var random = new Random(seed);
            // Whole numbers, so that fused and separate additions agree.
            var left = Enumerable.Range(0, TileKernel.Rows * depth + 1).Select(_ => (float)random.Next(-9, 10)).ToArray();
            var right = Enumerable.Range(0, depth * TileKernel.WideColumns + 1).Select(_ => (float)random.Next(-9, 10)).ToArray();
            var wide = Tile<TileKernel.FourOf512>(left, right, depth, TileKernel.WideColumns);
            var narrow = wide.Where((_, index) => index % TileKernel.WideColumns < TileKernel.NarrowColumns).ToArray();

            for (var i = 0; i < wide.Length; i++)
            {
                var (row, column) = (i / TileKernel.WideColumns, i % TileKernel.WideColumns);
                Assert.Equal(Enumerable.Range(0, depth).Sum(step => left[row * depth + step] * right[step * TileKernel.WideColumns + column]), wide[i]);
            }

            Assert.Equal(narrow, Tile<TileKernel.OneOf512>(left, right, depth, TileKernel.NarrowColumns));
            Assert.Equal(narrow, Tile<TileKernel.TwoOf256>(left, right, depth, TileKernel.NarrowColumns));
            Assert.Equal(narrow, Tile<TileKernel.FourOf128>(left, right, depth, TileKernel.NarrowColumns));
        },
        iter: 50);

    [Fact]
    public void A_factor_that_is_not_packed_gives_the_same_bytes() => Shapes.Sample(
        shape =>
        {
            var (rows, depth, columns, gap, seed) = shape;
            var random = new Random(seed);
            var (left, right) = (Numbers(random, rows * depth), Numbers(random, depth * columns));
            var stride = Panels.Padded(columns) + gap;
            using var input = new AlignedMemory<float>((rows + TileKernel.Rows) * depth);
            using var factor = new AlignedMemory<float>(depth * stride);
            using var product = new AlignedMemory<float>((rows + TileKernel.Rows) * stride);
            left.CopyTo(new Span<float>(input.Pointer, left.Length));
            for (var step = 0; step < depth; step++)
            {
                right.AsSpan(step * columns, columns).CopyTo(new Span<float>(factor.Pointer + step * stride, columns));
            }

            Panels.MultiplyUnpacked(input.Pointer, depth, rows, factor.Pointer, stride, depth, columns, product.Pointer, stride);

            Assert.Equal(
                Multiply(left, right, shape), Enumerable.Range(0, rows).SelectMany(row => new Span<float>(product.Pointer + row * stride, columns).ToArray()));
        },
        iter: 200);

    private static float[] Tile<TLanes>(float[] left, float[] right, int depth, int columns)
        where TLanes : struct, TileKernel.ILanes<TLanes>
    {
        var product = new float[TileKernel.Rows * columns];
        fixed (float* a = left, b = right, c = product)
        {
            TileKernel.Multiply<TLanes>(a, depth, b, TileKernel.WideColumns, depth, null, c, columns);
        }

        return product;
    }

    /// <summary>The product, in two parts if <paramref name="cut"/> is between the panels.</summary>
    private static float[] Multiply(float[] left, float[] right, (int Rows, int Depth, int Columns, int Gap, int Seed) shape, int cut = 0)
    {
        var (rows, depth, columns, gap, _) = shape;
        var (leftStride, stride) = (depth + gap, Panels.Padded(columns) + gap);
        using var input = new AlignedMemory<float>((rows + TileKernel.Rows) * leftStride);
        using var packed = new AlignedMemory<float>(Panels.Size(depth, columns));
        using var product = new AlignedMemory<float>((rows + TileKernel.Rows) * stride);
        for (var row = 0; row < rows; row++)
        {
            left.AsSpan(row * depth, depth).CopyTo(new Span<float>(input.Pointer + row * leftStride, depth));
        }

        fixed (float* source = Enumerable.Range(0, right.Length).Select(i => right[i % depth * columns + i / depth]).ToArray())
        {
            Panels.PackTransposed(source, depth, depth, columns, packed.Pointer);
        }

        foreach (var (from, to) in new[] { (0, cut), (cut, Panels.Count(columns)) })
        {
            Panels.Multiply(input.Pointer, leftStride, rows, packed.Pointer, depth, columns, null, product.Pointer, stride, from, to);
        }

        return [.. Enumerable.Range(0, rows).SelectMany(row => new Span<float>(product.Pointer + row * stride, columns).ToArray())];
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
