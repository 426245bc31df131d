using System.Buffers.Binary;

namespace MiCse.Checkpoints.Onnx;

/// <summary>One field of a protobuf message: an integer, or bytes where they lie in the message.</summary>
internal readonly record struct ProtobufField(int Number, long Integer, ReadOnlyMemory<byte> Bytes)
{
    private const int MaximumNumber = (1 << 29) - 1;

    /// <summary>The fields of a message in order.</summary>
    /// <exception cref="InvalidDataException">It ends within a field, or has one of a kind that protobuf 3 does not write.</exception>
    public static IEnumerable<ProtobufField> Of(ReadOnlyMemory<byte> message)
    {
        for (var position = 0; position < message.Length;)
        {
            var tag = ReadInteger(message.Span, ref position);
            if (tag >>> 3 is not (>= 1 and <= MaximumNumber))
            {
                throw new InvalidDataException($"at byte {position} of a message there is a field without a valid number");
            }

            var number = (int)(tag >>> 3);
            yield return (tag & 7) switch
            {
                0 => new ProtobufField(number, ReadInteger(message.Span, ref position), default),
                1 => new ProtobufField(number, BinaryPrimitives.ReadInt64LittleEndian(Take(message, sizeof(long), ref position).Span), default),
                2 => new ProtobufField(number, 0, Take(message, ReadInteger(message.Span, ref position), ref position)),
                5 => new ProtobufField(number, BinaryPrimitives.ReadInt32LittleEndian(Take(message, sizeof(int), ref position).Span), default),
                var kind => throw new InvalidDataException($"at byte {position} of a message there is a field of the unknown kind {kind}"),
            };
        }
    }

    /// <summary>Integers that lie one after the other in a field.</summary>
    /// <exception cref="InvalidDataException">The last does not end.</exception>
    public static IEnumerable<long> PackedIntegers(ReadOnlyMemory<byte> field)
    {
        for (var position = 0; position < field.Length;)
        {
            yield return ReadInteger(field.Span, ref position);
        }
    }

    private static long ReadInteger(ReadOnlySpan<byte> message, ref int position)
    {
        var value = 0L;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position == message.Length)
            {
                break;
            }

            var part = message[position++];
            value |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"an integer does not end at byte {position} of a message");
    }

    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> message, long length, ref int position)
    {
        if (length < 0 || length > message.Length - position)
        {
            throw new InvalidDataException($"a field of {length} bytes begins at byte {position} of a message of {message.Length}");
        }

        position += (int)length;
        return message.Slice(position - (int)length, (int)length);
    }
}
