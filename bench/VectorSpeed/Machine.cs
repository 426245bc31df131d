using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiCse.VectorSpeed;

/// <summary>What the numbers depend on.</summary>
internal static unsafe class Machine
{
    private const long Bytes = 1L << 30;
    private const string ProcessorFile = "/proc/cpuinfo";

    public static string Description => FormattableString.Invariant(
        $"{Processor}, {Environment.ProcessorCount} processors, vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits, .NET {Environment.Version}");

    private static string Processor => File.Exists(ProcessorFile)
        ? File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
        : RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>How to measure the memory's bandwidth: a gigabyte that all processors read and add up, each its own part.</summary>
    /// <returns>Seconds for 10⁹ bytes.</returns>
    public static Func<double> Reading()
    {
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, 1 << 21);
        NativeMemory.Fill(memory, (nuint)Bytes, 1);
        return () =>
        {
            var start = Stopwatch.GetTimestamp();
            var part = Bytes / Environment.ProcessorCount;
            var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(number => new Thread(() => Read(memory + part * number, part))).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            return Stopwatch.GetElapsedTime(start).TotalSeconds / Bytes * 1e9;
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(byte* memory, long count)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        for (var i = 0L; i + 256 <= count; i += 256)
        {
            a += Vector512.Load((long*)(memory + i));
            b += Vector512.Load((long*)(memory + i + 64));
            c += Vector512.Load((long*)(memory + i + 128));
            d += Vector512.Load((long*)(memory + i + 192));
        }

        GC.KeepAlive(Vector512.Sum(a + b + c + d));
    }
}
