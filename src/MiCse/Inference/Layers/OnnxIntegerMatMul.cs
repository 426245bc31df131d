using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Inference.Runtime;
using MiCse.Numerics;
using MiCse.Tensors;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Inference.Layers;

/// <summary>
/// Multiplications of bytes by ONNX Runtime, for processors whose instructions .NET does not know (AVX-512 VNNI): a session with one MatMulInteger for each part of the
/// columns, on weights that it packed. Thread-safe.
/// </summary>
internal sealed unsafe class OnnxIntegerMatMul : IntegerMatMul
{
    private const int MostParts = 8;

    private readonly List<(IOnnxSession Session, IOnnxSession? Odd)> _parts = [];
    private readonly List<Block> _blocks = [];
    private readonly IOnnxRuntime _runtime;
    private readonly int _depth;

    /// <param name="runtime">ONNX Runtime.</param>
    /// <param name="weight">[depth, columns]</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="threads">How many may share a multiplication: columns are cut for them.</param>
    /// <param name="splits">
    /// Whether even and odd rows of the matrix are multiplied apart and added, so that no two products are added in 16 bits; null: where this processor does that and
    /// the weights are large enough to saturate.
    /// </param>
    public OnnxIntegerMatMul(IOnnxRuntime runtime, ReadOnlySpan<sbyte> weight, int depth, int columns, int threads, bool? splits = null)
    {
        (_runtime, _depth, Width) = (runtime, depth, columns);
        var cuts = Math.Min(threads, MostParts);
        for (var cut = 0; cut < cuts; cut++)
        {
            var (from, to) = (columns * cut / cuts, columns * (cut + 1) / cuts);
            if (from < to)
            {
                _blocks.Add(new Block(from, to - from, to - from));
                _parts.Add(Open(Columns(weight, columns, from, to), to - from, splits));
            }
        }
    }

    public override int Parts => _parts.Count;

    public override int Width { get; }

    public override IReadOnlyList<Block> Blocks => _blocks;

    public override void Multiply(byte* quantized, int rows, int* sums, int from, int to)
    {
        for (var part = from; part < to; part++)
        {
            var (block, (session, odd)) = (_blocks[part], _parts[part]);
            var target = block.Row(sums, rows, 0);
            Run(session, quantized, rows, target, block.Columns);
            if (odd is not null)
            {
                using var others = new AlignedMemory<int>((long)rows * block.Columns);
                Run(odd, quantized, rows, others.Pointer, block.Columns);
                var length = rows * block.Columns;
                TensorPrimitives.Add(new ReadOnlySpan<int>(target, length), new ReadOnlySpan<int>(others.Pointer, length), new Span<int>(target, length));
            }
        }
    }

    public override void Dispose()
    {
        foreach (var (session, odd) in _parts)
        {
            session.Dispose();
            odd?.Dispose();
        }
    }

    private (IOnnxSession Session, IOnnxSession? Odd) Open(sbyte[] weight, int columns, bool? splits) =>
        splits ?? (BytePairs.Saturate && BytePairs.CanSaturate(weight, columns))
            ? (Open(Rows(weight, columns, odd: false), columns), Open(Rows(weight, columns, odd: true), columns))
            : (Open(weight, columns), null);

    private IOnnxSession Open(sbyte[] weight, int columns)
    {
        var model = new OnnxModelWriter();
        model.Input("codes", TensorType.UInt8, "rows", (long)_depth);
        model.Weight("weight", new Tensor("weight", TensorType.Int8, [_depth, columns], MemoryMarshal.AsBytes<sbyte>(weight).ToArray()));
        model.Node("MatMulInteger", "", ["codes", "weight", model.Constant("code_of_zero", TensorType.UInt8, Activations.QuantizedZero)], ["sums"]);
        model.Output("sums", TensorType.Int32, "rows", (long)columns);
        return _runtime.Open(model.ToArray());
    }

    private void Run(IOnnxSession session, byte* quantized, int rows, int* sums, int columns) => session.Run(
        new OnnxBuffer(TensorType.UInt8, rows, _depth, (nint)quantized), new OnnxBuffer(TensorType.Int32, rows, columns, (nint)sums));

    /// <summary>The matrix with zeros in place of the even or odd rows.</summary>
    private static sbyte[] Rows(sbyte[] weight, int columns, bool odd)
    {
        var values = weight.ToArray();
        for (var start = odd ? 0 : columns; start < values.Length; start += 2 * columns)
        {
            values.AsSpan(start, columns).Clear();
        }

        return values;
    }

    private static sbyte[] Columns(ReadOnlySpan<sbyte> weight, int columns, int from, int to)
    {
        var part = new sbyte[weight.Length / columns * (to - from)];
        for (var row = 0; row < weight.Length / columns; row++)
        {
            weight.Slice(row * columns + from, to - from).CopyTo(part.AsSpan(row * (to - from)));
        }

        return part;
    }
}
