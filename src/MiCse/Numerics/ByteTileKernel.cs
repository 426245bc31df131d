using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiCse.Numerics;

/// <summary>
/// The innermost loop of a multiplication of bytes: six rows of unsigned bytes times 16 columns of signed ones (<see cref="BytePanels"/>), four steps of the sums in one
/// instruction, all sums in registers. Sums are exact in int32, so every kind of processor has the same.
/// </summary>
internal static unsafe class ByteTileKernel
{
    public const int Rows = 6;
    public const int Columns = 16;

    /// <summary>Steps of a sum that an instruction takes.</summary>
    public const int Depth = 4;

    /// <summary>What a value of the left-hand matrix is multiplied as: the value − 128.</summary>
    public const int Midpoint = 128;

    /// <summary>The loop for one kind of instructions.</summary>
    /// <param name="left">[6, 4 · quads]</param>
    /// <param name="leftStride">From one row of it to the next.</param>
    /// <param name="right">[quads, 16, 4]</param>
    /// <param name="quads">A quarter of the length of the sums.</param>
    /// <param name="start">What the sums of a column begin with, [16].</param>
    /// <param name="sums">[6, 16]</param>
    /// <param name="sumsStride">From one row of it to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes>(byte* left, nint leftStride, sbyte* right, nint quads, int* start, int* sums, nint sumsStride)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sum0 = TLanes.Load(start), sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0, sum5 = sum0;
        for (var end = right + quads * Columns * Depth; right < end; right += Columns * Depth, left += Depth)
        {
            var value = TLanes.Load((int*)right);
            sum0 = sum0.Add(*(int*)left, value);
            sum1 = sum1.Add(*(int*)(left + leftStride), value);
            sum2 = sum2.Add(*(int*)(left + 2 * leftStride), value);
            sum3 = sum3.Add(*(int*)(left + 3 * leftStride), value);
            sum4 = sum4.Add(*(int*)(left + 4 * leftStride), value);
            sum5 = sum5.Add(*(int*)(left + 5 * leftStride), value);
        }

        sum0.Store(sums);
        sum1.Store(sums + sumsStride);
        sum2.Store(sums + 2 * sumsStride);
        sum3.Store(sums + 3 * sumsStride);
        sum4.Store(sums + 4 * sumsStride);
        sum5.Store(sums + 5 * sumsStride);
    }

    /// <summary>The same without vectors, for processors that have none of these instructions.</summary>
    public static void MultiplyPlainly(byte* left, nint leftStride, sbyte* right, nint quads, int* start, int* sums, nint sumsStride)
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var sum = start[column];
                for (nint step = 0; step < quads * Depth; step++)
                {
                    sum += left[row * leftStride + step] * right[(step / Depth * Columns + column) * Depth + step % Depth];
                }

                sums[row * sumsStride + column] = sum;
            }
        }
    }

    /// <summary>The sums of 16 columns, or four bytes of each. Methods are inlined and fields kept in registers.</summary>
    public interface ILanes<TSelf>
        where TSelf : struct, ILanes<TSelf>
    {
        static abstract TSelf Load(int* source);

        /// <summary>Each sum + the products of its four bytes with the four of the left-hand row.</summary>
        TSelf Add(int left, TSelf right);

        void Store(int* target);
    }

    /// <summary>AVX-VNNI: four products and their sum in 32 bits at once.</summary>
    public readonly struct Vnni(Vector256<int> a, Vector256<int> b) : ILanes<Vnni>
    {
        private readonly Vector256<int> _a = a;
        private readonly Vector256<int> _b = b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vnni Load(int* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vnni Add(int left, Vnni right)
        {
            var value = Vector256.Create(left).AsByte();
            return new(AvxVnni.MultiplyWideningAndAdd(_a, value, right._a.AsSByte()), AvxVnni.MultiplyWideningAndAdd(_b, value, right._b.AsSByte()));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(int* target)
        {
            _a.Store(target);
            _b.Store(target + 8);
        }
    }

    /// <summary>AVX2: two products are added in 16 bits, where they must not saturate (<see cref="BytePairs"/>).</summary>
    public readonly struct Pairs(Vector256<int> a, Vector256<int> b) : ILanes<Pairs>
    {
        private readonly Vector256<int> _a = a;
        private readonly Vector256<int> _b = b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pairs Load(int* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Pairs Add(int left, Pairs right)
        {
            var (value, ones) = (Vector256.Create(left).AsByte(), Vector256<short>.One);
            return new(
                _a + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(value, right._a.AsSByte()), ones),
                _b + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(value, right._b.AsSByte()), ones));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(int* target)
        {
            _a.Store(target);
            _b.Store(target + 8);
        }
    }

    /// <summary>AVX2: even and odd products apart, so that none are added in 16 bits.</summary>
    public readonly struct PairsApart(Vector256<int> a, Vector256<int> b) : ILanes<PairsApart>
    {
        private readonly Vector256<int> _a = a;
        private readonly Vector256<int> _b = b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static PairsApart Load(int* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public PairsApart Add(int left, PairsApart right)
        {
            var (even, odd) = (Vector256.Create(left & 0x00FF00FF).AsByte(), Vector256.Create(left & unchecked((int)0xFF00FF00)).AsByte());
            return new(_a + Sums(even, right._a) + Sums(odd, right._a), _b + Sums(even, right._b) + Sums(odd, right._b));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(int* target)
        {
            _a.Store(target);
            _b.Store(target + 8);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Sums(Vector256<byte> left, Vector256<int> right) =>
            Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(left, right.AsSByte()), Vector256<short>.One);
    }

    /// <summary>Arm's dot product of signed bytes: the left-hand ones minus 128, which is their highest bit turned over; sums begin with 0.</summary>
    public readonly struct ArmDot(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) : ILanes<ArmDot>
    {
        private readonly Vector128<int> _a = a;
        private readonly Vector128<int> _b = b;
        private readonly Vector128<int> _c = c;
        private readonly Vector128<int> _d = d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ArmDot Load(int* source) => new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ArmDot Add(int left, ArmDot right)
        {
            var value = Vector128.Create(left ^ unchecked((int)0x80808080)).AsSByte();
            return new(
                Dp.DotProduct(_a, value, right._a.AsSByte()),
                Dp.DotProduct(_b, value, right._b.AsSByte()),
                Dp.DotProduct(_c, value, right._c.AsSByte()),
                Dp.DotProduct(_d, value, right._d.AsSByte()));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(int* target)
        {
            _a.Store(target);
            _b.Store(target + 4);
            _c.Store(target + 8);
            _d.Store(target + 12);
        }
    }
}
