using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiCse.Numerics;

/// <summary>Rows of numbers into columns of float32: how the weights of linear layers, which lie in a file as [out, in], get into <see cref="Panels"/>.</summary>
internal static unsafe class TransposeKernel
{
    private const int Square = 8;

    /// <summary>[columns, depth] → [depth, width]; missing columns are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T, TNumbers>(T* source, nint stride, int depth, int columns, float* target, int width)
        where T : unmanaged
        where TNumbers : struct, INumbers<T>
    {
        // Squares of 8 in registers, two of them side by side: a whole cache line of the target.
        var (steps, whole) = Avx2.IsSupported ? (depth / Square * Square, columns / (2 * Square) * (2 * Square)) : (0, 0);
        for (var column = 0; column < whole; column += 2 * Square)
        {
            for (var step = 0; step < steps; step += Square)
            {
                TransposeSquare<T, TNumbers>(source + column * stride + step, stride, target + step * width + column, width);
                TransposeSquare<T, TNumbers>(source + (column + Square) * stride + step, stride, target + step * width + column + Square, width);
            }
        }

        for (var step = 0; step < depth; step++)
        {
            for (var column = step < steps ? whole : 0; column < width; column++)
            {
                target[step * width + column] = column < columns ? TNumbers.One(source + column * stride + step) : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeSquare<T, TNumbers>(T* source, nint stride, float* target, nint width)
        where T : unmanaged
        where TNumbers : struct, INumbers<T>
    {
        // Pairs of rows, then fours, then eights.
        var (low01, high01) = Interleave(TNumbers.Eight(source), TNumbers.Eight(source + stride));
        var (low23, high23) = Interleave(TNumbers.Eight(source + 2 * stride), TNumbers.Eight(source + 3 * stride));
        var (low45, high45) = Interleave(TNumbers.Eight(source + 4 * stride), TNumbers.Eight(source + 5 * stride));
        var (low67, high67) = Interleave(TNumbers.Eight(source + 6 * stride), TNumbers.Eight(source + 7 * stride));
        Store(Lower(low01, low23), Lower(low45, low67), target, target + 4 * width);
        Store(Upper(low01, low23), Upper(low45, low67), target + width, target + 5 * width);
        Store(Lower(high01, high23), Lower(high45, high67), target + 2 * width, target + 6 * width);
        Store(Upper(high01, high23), Upper(high45, high67), target + 3 * width, target + 7 * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Interleave(Vector256<float> first, Vector256<float> second) =>
        (Avx.UnpackLow(first, second), Avx.UnpackHigh(first, second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lower(Vector256<float> first, Vector256<float> second) => Avx.Shuffle(first, second, 0b_01_00_01_00);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Upper(Vector256<float> first, Vector256<float> second) => Avx.Shuffle(first, second, 0b_11_10_11_10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> first, Vector256<float> second, float* lower, float* upper)
    {
        Avx.Permute2x128(first, second, 0x20).Store(lower);
        Avx.Permute2x128(first, second, 0x31).Store(upper);
    }

    /// <summary>How numbers are read as float32.</summary>
    public interface INumbers<T>
        where T : unmanaged
    {
        static abstract float One(T* source);

        static abstract Vector256<float> Eight(T* source);
    }

    public readonly struct Singles : INumbers<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float One(float* source) => *source;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Eight(float* source) => Vector256.Load(source);
    }

    public readonly struct Halves : INumbers<Half>
    {
        private const int Sign = 1 << 31;
        private const int Exponent = 0x7F80_0000;
        private const int InfinityInPlace = 0x7C00 << 13;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float One(Half* source) => (float)*source;

        /// <summary>Exponent and mantissa where float32 has them are the number divided by 2^112, subnormal ones too; infinity and NaN keep all bits of the exponent.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Eight(Half* source)
        {
            var bits = Avx2.ConvertToVector256Int32((short*)source);
            var magnitude = (bits & Vector256.Create(0x7FFF)) << 13;
            var number = (magnitude.AsSingle() * Vector256.Create(5.192296858534828e33f)).AsInt32();
            var special = Vector256.GreaterThan(magnitude, Vector256.Create(InfinityInPlace - 1)) & Vector256.Create(Exponent);
            return (number | special | (bits & Vector256.Create(Sign))).AsSingle();
        }
    }
}
