using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>Multiplications of bytes by this library's kernels. Thread-safe.</summary>
internal sealed unsafe class PackedIntegerMatMul : IntegerMatMul
{
    private readonly BytePanels _panels;

    /// <param name="weight">[depth, columns]</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="instructions">What multiplies; the quicker <see cref="ByteInstructions.Pairs"/> take the place of <see cref="ByteInstructions.PairsApart"/> for small weights.</param>
    public PackedIntegerMatMul(ReadOnlySpan<sbyte> weight, int depth, int columns, ByteInstructions instructions)
    {
        _panels = new BytePanels(
            weight, depth, columns, instructions == ByteInstructions.PairsApart && !BytePairs.CanSaturate(weight, columns) ? ByteInstructions.Pairs : instructions);
        Blocks = [new Block(0, columns, _panels.Stride)];
    }

    public override int Parts => _panels.Count;

    public override int Width => _panels.Stride;

    public override IReadOnlyList<Block> Blocks { get; }

    public override void Multiply(byte* quantized, int rows, int* sums, int from, int to) => _panels.Multiply(quantized, rows, sums, from, to);

    public override void Dispose() => _panels.Dispose();
}
