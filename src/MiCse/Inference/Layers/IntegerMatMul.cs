using MiCse.Inference.Runtime;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>
/// Exact multiplications of quantized rows with a matrix of signed bytes: by this library's kernels, which are as fast as any with AVX-VNNI and Arm's dot product; where there
/// is AVX-512 VNNI, or neither, by ONNX Runtime if the program has it. All give the same sums. Thread-safe.
/// </summary>
internal abstract unsafe class IntegerMatMul : IDisposable
{
    /// <summary>Parts of the matrix that threads share.</summary>
    public abstract int Parts { get; }

    /// <summary>Sums that a row takes in memory.</summary>
    public abstract int Width { get; }

    /// <summary>Where the sums of columns lie.</summary>
    public abstract IReadOnlyList<Block> Blocks { get; }

    /// <summary>The best way on this processor.</summary>
    /// <param name="weight">[depth, columns]</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="threads">How many may share a multiplication.</param>
    public static IntegerMatMul Create(ReadOnlySpan<sbyte> weight, int depth, int columns, int threads)
    {
        var best = ByteInstructionsOfProcessor.Best;
        return (BytePairs.HasAvx512Vnni || !best.AddFour()) && OnnxRuntimePackage.Found is { } runtime
            ? new OnnxIntegerMatMul(runtime, weight, depth, columns, threads)
            : new PackedIntegerMatMul(weight, depth, columns, best);
    }

    /// <summary>sums[row, column] = Σ (quantized − 128) · weight, for some parts.</summary>
    /// <param name="quantized">[rows, depth]; what lies behind is readable for six rows more.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="sums">[rows + 5, <see cref="Width"/>], in <see cref="Blocks"/>.</param>
    /// <param name="from">The first part.</param>
    /// <param name="to">The part after the last one.</param>
    public abstract void Multiply(byte* quantized, int rows, int* sums, int from, int to);

    public abstract void Dispose();

    /// <summary>Columns whose sums lie together: those of a row one after the other.</summary>
    /// <param name="Start">The first column.</param>
    /// <param name="Columns">How many.</param>
    /// <param name="Stride">From one row of them to the next.</param>
    public readonly record struct Block(int Start, int Columns, int Stride)
    {
        /// <summary>The sums of a row.</summary>
        public int* Row(int* sums, int rows, int row) => sums + (long)rows * Start + (long)row * Stride;
    }
}
