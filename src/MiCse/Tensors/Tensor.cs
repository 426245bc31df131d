using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MiCse.Tensors;

/// <summary>
/// A named tensor: a weight of a checkpoint, an initializer of a graph, or what is to be written to a file. Elements are contiguous, row-major and
/// little-endian. A tensor of an open <c>Checkpoint</c> points into the (memory-mapped) file where the format allows it and is valid until the
/// checkpoint is disposed.
/// </summary>
public sealed class Tensor
{
    private readonly ReadOnlyMemory<byte> _elements;
    private readonly Action<Stream>? _write;

    /// <summary>A tensor whose elements are in memory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">The sizes of its dimensions; empty for a scalar.</param>
    /// <param name="elements">The elements; their number is the product of the sizes.</param>
    internal Tensor(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> elements)
    {
        Name = name;
        Type = type;
        Shape = shape;
        _elements = elements;
    }

    /// <summary>A tensor whose elements are produced when they are asked for, so that a file can be written one tensor at a time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">The sizes of its dimensions; empty for a scalar.</param>
    /// <param name="write">Writes the elements to a stream.</param>
    public Tensor(string name, TensorType type, IReadOnlyList<long> shape, Action<Stream> write)
        : this(name, type, shape, ReadOnlyMemory<byte>.Empty) => _write = write;

    /// <summary>A float32 tensor from memory.</summary>
    public static Tensor From(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> elements) =>
        new(name, TensorType.Float32, shape, stream => stream.Write(MemoryMarshal.AsBytes(elements.Span)));

    /// <summary>The name; in a checkpoint as the file spells it.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public TensorType Type { get; }

    /// <summary>The sizes of the dimensions; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Product of <see cref="Shape"/>.</summary>
    public long ElementCount
    {
        get
        {
            var count = 1L;
            for (var dimension = 0; dimension < Shape.Count; dimension++)
            {
                count *= Shape[dimension];
            }

            return count;
        }
    }

    /// <summary>The raw elements, row-major, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>The same bytes; pinning them gives native code a pointer into the file's memory map.</summary>
    internal ReadOnlyMemory<byte> Memory
    {
        get
        {
            if (_write is null)
            {
                return _elements;
            }

            using var buffer = new MemoryStream();
            _write(buffer);
            return buffer.ToArray();
        }
    }

    /// <summary>The same elements under another name.</summary>
    public Tensor WithName(string name) => _write is null ? new Tensor(name, Type, Shape, _elements) : new Tensor(name, Type, Shape, _write);

    /// <summary>One of several equal parts of the rows.</summary>
    /// <param name="part">Which, 0-based.</param>
    /// <param name="parts">How many; where they do not divide the rows, the part is too small.</param>
    internal Tensor RowsOf(int part, int parts)
    {
        var rows = Shape.Count == 0 ? 0 : Shape[0] / parts;
        var length = rows == 0 ? 0 : checked((int)(Bytes.Length / Shape[0] * rows));
        return new Tensor(Name, Type, [rows, .. Shape.Skip(1)], Memory.Slice(part * length, length));
    }

    /// <summary>Some of the rows, as float32; computed when they are asked for.</summary>
    /// <param name="rows">Which, 0-based, in the order in which they are wanted.</param>
    internal Tensor SelectRows(IReadOnlyList<int> rows) => new(Name, TensorType.Float32, [rows.Count, .. Shape.Skip(1)], stream =>
    {
        var width = (int)(ElementCount / Shape[0]);
        ReadOnlySpan<float> all = ToSingles();
        foreach (var row in rows)
        {
            stream.Write(MemoryMarshal.AsBytes(all.Slice(row * width, width)));
        }
    });

    /// <summary>Writes the raw elements.</summary>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (_write is null)
        {
            stream.Write(_elements.Span);
        }
        else
        {
            _write(stream);
        }
    }

    /// <summary>Copies the elements as float32 (Float64, Float16 and BFloat16 are converted).</summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">The tensor is not floating-point.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length != ElementCount)
        {
            throw new ArgumentException(
                $"'{Name}' has {ElementCount} elements, the destination has room for {destination.Length}", nameof(destination));
        }

        CopyTo(0, destination);
    }

    /// <summary>Copies some elements as float32.</summary>
    /// <param name="start">The first.</param>
    /// <param name="destination">As many as it has room for.</param>
    /// <exception cref="InvalidOperationException">The tensor is not floating-point.</exception>
    internal void CopyTo(int start, Span<float> destination)
    {
        var length = destination.Length;
        switch (Type)
        {
            case TensorType.Float32:
                MemoryMarshal.Cast<byte, float>(Bytes).Slice(start, length).CopyTo(destination);
                break;
            case TensorType.Float64:
                TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(Bytes).Slice(start, length), destination);
                break;
            case TensorType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(Bytes).Slice(start, length), destination);
                break;
            case TensorType.BFloat16:
                // The bits of a bfloat16 are the upper half of the float32 of the same value.
                var bits = MemoryMarshal.Cast<float, uint>(destination);
                TensorPrimitives.ConvertTruncating<ushort, uint>(MemoryMarshal.Cast<byte, ushort>(Bytes).Slice(start, length), bits);
                TensorPrimitives.ShiftLeft<uint>(bits, 16, bits);
                break;
            default:
                throw new InvalidOperationException($"'{Name}' has type {Type}, which is not floating-point");
        }
    }

    /// <summary>The elements as a new float32 array.</summary>
    public float[] ToSingles()
    {
        var values = new float[ElementCount];
        CopyTo(values);
        return values;
    }

    /// <summary>The tensor in float32: itself when it is, else a converted copy.</summary>
    internal Tensor ToFloat32() => Type == TensorType.Float32
        ? this
        : new Tensor(Name, TensorType.Float32, Shape, MemoryMarshal.AsBytes<float>(ToSingles()).ToArray());
}
