using System.Diagnostics;
using MiCse.Inference.Layers;
using MiCse.Numerics;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.EncodingSpeed.Measures;

/// <summary>What the processor reaches in products of large matrices at this moment: in float32 the better of libtorch and this project, in bytes what int8 encoding uses here.</summary>
/// <param name="Float32">Multiplications and additions a second.</param>
/// <param name="Int8">The same of bytes.</param>
internal sealed record ProductPeak(double Float32, double Int8)
{
    private const int Size = 2048;
    private const int Trials = 7;

    public static ProductPeak Measure(int threads)
    {
        LibTorch.Load();
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        var (left, right) = (rand(Size, Size), rand(Size, Size));
        return new ProductPeak(Math.Max(Rate(() => left.matmul(right).Dispose()), OwnFloat32(threads)), Bytes(threads));
    }

    private static unsafe double OwnFloat32(int threads)
    {
        using var factor = new AlignedMemory<float>(Panels.Size(Size, Size));
        using var input = new Activations(Size, Activations.Storage.Floats);
        using var product = new Activations(Size, Activations.Storage.Floats);
        input.Reserve(Size);
        product.Reserve(Size);
        var team = new Team(threads, CancellationToken.None);
        return Rate(() => team.Share(Panels.Count(Size), (from, to) =>
            Panels.Multiply(input.Floats, input.Stride, Size, factor.Pointer, Size, Size, null, product.Floats, product.Stride, from, to)));
    }

    private static unsafe double Bytes(int threads)
    {
        using var factor = IntegerMatMul.Create(new sbyte[Size * Size], Size, Size, threads);
        using var codes = new AlignedMemory<byte>((Size + ByteTileKernel.Rows) * Size);
        using var sums = new AlignedMemory<int>((Size + ByteTileKernel.Rows) * factor.Width);
        var team = new Team(threads, CancellationToken.None);
        return Rate(() => team.Share(factor.Parts, (from, to) => factor.Multiply(codes.Pointer, Size, sums.Pointer, from, to)));
    }

    private static double Rate(Action product)
    {
        var best = double.PositiveInfinity;
        for (var trial = 0; trial < Trials; trial++)
        {
            var start = Stopwatch.GetTimestamp();
            product();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best;
    }
}
