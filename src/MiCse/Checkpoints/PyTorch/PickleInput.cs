using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using MiCse.Files;

namespace MiCse.Checkpoints.PyTorch;

/// <summary>The bytes of one or more pickles, read forwards; every length is checked before anything is allocated.</summary>
internal sealed class PickleInput(string path, ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const int LongestName = 1000;

    public int Position { get; private set; }

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>A two's complement number of so many bytes: a long where it fits.</summary>
    public object ReadInteger(int length)
    {
        var number = new BigInteger(Take(length));
        if (number < long.MinValue || number > long.MaxValue)
        {
            return number;
        }

        return (long)number;
    }

    public string ReadText(long length)
    {
        var text = Take(length);
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("holds text that is not UTF-8");
        }
    }

    public string ReadLine()
    {
        var length = bytes.Span[Position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Refuse("ends inside a name");
        }

        if (length > LongestName)
        {
            throw Refuse($"has a name of {length} bytes");
        }

        var line = ReadText(length);
        Position++;
        return line;
    }

    public ModelFormatException Refuse(string what) =>
        new(path, $"the pickle {what} (at byte {Position} of it); nothing in it was executed");

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > bytes.Length - Position)
        {
            throw Refuse($"ends where {length} more bytes should follow; the file is truncated or damaged");
        }

        var taken = bytes.Span.Slice(Position, (int)length);
        Position += (int)length;
        return taken;
    }
}
