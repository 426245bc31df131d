using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MiCse.Checkpoints.Onnx;

/// <summary>Writes the fields of a protobuf message: a tag, number · 8 + kind, then an integer in groups of 7 bits, four bytes, or a length and bytes.</summary>
internal sealed class ProtobufWriter
{
    private const int Variable = 0;
    private const int Delimited = 2;
    private const int FourBytes = 5;

    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>The message that a function writes.</summary>
    public static byte[] Message(Action<ProtobufWriter> write)
    {
        var writer = new ProtobufWriter();
        write(writer);
        return writer._message.WrittenSpan.ToArray();
    }

    /// <summary>An integer.</summary>
    public void Integer(int field, long value)
    {
        Tag(field, Variable);
        Groups((ulong)value);
    }

    /// <summary>A float32.</summary>
    public void Float(int field, float value)
    {
        Tag(field, FourBytes);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _message.Write(bytes);
    }

    /// <summary>A text.</summary>
    public void String(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes, or a message that is written.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Start(field, value.Length);
        _message.Write(value);
    }

    /// <summary>A message.</summary>
    public void Nested(int field, Action<ProtobufWriter> write) => Bytes(field, Message(write));

    /// <summary>What stands before bytes that come next.</summary>
    public void Start(int field, int length)
    {
        Tag(field, Delimited);
        Groups((ulong)length);
    }

    private void Tag(int field, int kind) => Groups((ulong)(field << 3 | kind));

    private void Groups(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            _message.Write([(byte)(value & 0x7F | 0x80)]);
        }

        _message.Write([(byte)value]);
    }
}
