using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiCse.Numerics;

/// <summary>
/// The innermost loop of a matrix multiplication in float32: six rows of the left-hand matrix times 64 or 16 columns of the packed right-hand one (<see cref="Panels"/>), all sums
/// in registers of the widest vectors that the processor has.
/// </summary>
internal static unsafe class TileKernel
{
    public const int Rows = 6;
    public const int WideColumns = 64;
    public const int NarrowColumns = 16;

    /// <summary>[6, depth] · [depth, 64] + bias [64] → [6, 64]; null is no bias.</summary>
    public static void MultiplyWide(float* left, nint leftStride, float* right, nint rightStride, nint depth, float* bias, float* product, nint productStride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply<FourOf512>(left, leftStride, right, rightStride, depth, bias, product, productStride);
            return;
        }

        for (var column = 0; column < WideColumns; column += NarrowColumns)
        {
            MultiplyNarrow(
                left, leftStride, right + column, rightStride, depth, bias == null ? null : bias + column, product + column, productStride);
        }
    }

    /// <summary>[6, depth] · [depth, 16] + bias [16] → [6, 16]; null is no bias.</summary>
    public static void MultiplyNarrow(float* left, nint leftStride, float* right, nint rightStride, nint depth, float* bias, float* product, nint productStride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply<OneOf512>(left, leftStride, right, rightStride, depth, bias, product, productStride);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Multiply<TwoOf256>(left, leftStride, right, rightStride, depth, bias, product, productStride);
        }
        else
        {
            Multiply<FourOf128>(left, leftStride, right, rightStride, depth, bias, product, productStride);
        }
    }

    /// <summary>The loop for one kind of vectors, which any processor can run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes>(
        float* left, nint leftStride, float* right, nint rightStride, nint depth, float* bias, float* product, nint productStride)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sum0 = bias == null ? default : TLanes.Load(bias), sum1 = sum0, sum2 = sum0, sum3 = sum0, sum4 = sum0, sum5 = sum0;
        for (var end = left + depth; left < end; left++, right += rightStride)
        {
            var value = TLanes.Load(right);
            sum0 = sum0.Add(left[0], value);
            sum1 = sum1.Add(left[leftStride], value);
            sum2 = sum2.Add(left[2 * leftStride], value);
            sum3 = sum3.Add(left[3 * leftStride], value);
            sum4 = sum4.Add(left[4 * leftStride], value);
            sum5 = sum5.Add(left[5 * leftStride], value);
        }

        sum0.Store(product);
        sum1.Store(product + productStride);
        sum2.Store(product + 2 * productStride);
        sum3.Store(product + 3 * productStride);
        sum4.Store(product + 4 * productStride);
        sum5.Store(product + 5 * productStride);
    }

    /// <summary>Neighbouring values in one row of a tile. Methods are inlined and fields kept in registers, as there are four at most.</summary>
    public interface ILanes<TSelf>
        where TSelf : struct, ILanes<TSelf>
    {
        static abstract TSelf Load(float* source);

        /// <summary>this + left · right</summary>
        TSelf Add(float left, TSelf right);

        void Store(float* target);
    }

    public readonly struct FourOf512(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) : ILanes<FourOf512>
    {
        private readonly Vector512<float> _a = a;
        private readonly Vector512<float> _b = b;
        private readonly Vector512<float> _c = c;
        private readonly Vector512<float> _d = d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static FourOf512 Load(float* source) =>
            new(Vector512.Load(source), Vector512.Load(source + 16), Vector512.Load(source + 32), Vector512.Load(source + 48));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public FourOf512 Add(float left, FourOf512 right)
        {
            var value = Vector512.Create(left);
            return new(
                Vector512.MultiplyAddEstimate(value, right._a, _a),
                Vector512.MultiplyAddEstimate(value, right._b, _b),
                Vector512.MultiplyAddEstimate(value, right._c, _c),
                Vector512.MultiplyAddEstimate(value, right._d, _d));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* target)
        {
            _a.Store(target);
            _b.Store(target + 16);
            _c.Store(target + 32);
            _d.Store(target + 48);
        }
    }

    public readonly struct OneOf512(Vector512<float> a) : ILanes<OneOf512>
    {
        private readonly Vector512<float> _a = a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static OneOf512 Load(float* source) => new(Vector512.Load(source));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public OneOf512 Add(float left, OneOf512 right) => new(Vector512.MultiplyAddEstimate(Vector512.Create(left), right._a, _a));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* target) => _a.Store(target);
    }

    public readonly struct TwoOf256(Vector256<float> a, Vector256<float> b) : ILanes<TwoOf256>
    {
        private readonly Vector256<float> _a = a;
        private readonly Vector256<float> _b = b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TwoOf256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TwoOf256 Add(float left, TwoOf256 right)
        {
            var value = Vector256.Create(left);
            return new(Vector256.MultiplyAddEstimate(value, right._a, _a), Vector256.MultiplyAddEstimate(value, right._b, _b));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* target)
        {
            _a.Store(target);
            _b.Store(target + 8);
        }
    }

    public readonly struct FourOf128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : ILanes<FourOf128>
    {
        private readonly Vector128<float> _a = a;
        private readonly Vector128<float> _b = b;
        private readonly Vector128<float> _c = c;
        private readonly Vector128<float> _d = d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static FourOf128 Load(float* source) =>
            new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public FourOf128 Add(float left, FourOf128 right)
        {
            var value = Vector128.Create(left);
            return new(
                Vector128.MultiplyAddEstimate(value, right._a, _a),
                Vector128.MultiplyAddEstimate(value, right._b, _b),
                Vector128.MultiplyAddEstimate(value, right._c, _c),
                Vector128.MultiplyAddEstimate(value, right._d, _d));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* target)
        {
            _a.Store(target);
            _b.Store(target + 4);
            _c.Store(target + 8);
            _d.Store(target + 12);
        }
    }
}
