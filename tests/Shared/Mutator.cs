using System.Buffers.Binary;

namespace MiCse.Tests;

/// <summary>
/// Damages a file as disks, editors and attackers do: flipped bits, cut ends, parts that are missing, repeated, moved or replaced, and lengths and
/// numbers that lie. The same file and number give the same damage.
/// </summary>
internal static class Mutator
{
    private static readonly long[] Numbers =
        [-1, 0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, int.MaxValue, uint.MaxValue, int.MinValue, 1L << 32, long.MaxValue, long.MinValue, 1L << 62];

    /// <summary>What text formats react to: numbers beyond types, half characters, other kinds of values, nesting, marks.</summary>
    private static readonly byte[][] Words =
    [
        .. ((string[])[
            "-1", "0", "1e999", "99999999", "2147483648", "9223372036854775808", "3.5", "null", "true", "[]", "{}", "\"\"", "\\ud800", "\"\\udc00x\"", "\\u0000",
            "[[[[[[[[", "{\"a\":", "\n", "\r", "\t", " ", "\"", "'", ",", "..", "../", "\uFEFF", "\u202E", "version https://git-lfs.github.com/spec/v1\n",
        ]).Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0],
    ];

    /// <summary>One to four changes.</summary>
    /// <param name="whole">The undamaged file.</param>
    /// <param name="number">Which damage.</param>
    public static byte[] Damage(byte[] whole, int number)
    {
        var random = new Random(number);
        List<byte> bytes = [.. whole];
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            Change(bytes, random);
        }

        return [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        // Headers, where lengths are, more often than chance would have it.
        at = random.Next(3) == 0 ? Math.Min(at, random.Next(64)) : at;
        var length = Math.Min(random.Next(1, random.Next(2, 200)), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                var end = random.Next(4) == 0 ? at : bytes.Count - length;
                bytes.RemoveRange(end, bytes.Count - end);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                var part = bytes.GetRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count), part);
                break;
            case 6:
                Overwrite(bytes, at, Number(random));
                break;
            case 7:
                var word = Words[random.Next(Words.Length)];
                bytes.RemoveRange(at, random.Next(2) == 0 ? Math.Min(word.Length, bytes.Count - at) : 0);
                bytes.InsertRange(at, word);
                break;
            default:
                ReplaceNumber(bytes, at, random);
                break;
        }
    }

    private static byte[] Number(Random random)
    {
        var number = Numbers[random.Next(Numbers.Length)];
        var bytes = new byte[8];
        if (random.Next(4) == 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        }

        return bytes[..(1 << random.Next(4))];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] number)
    {
        for (var index = 0; index < number.Length && at + index < bytes.Count; index++)
        {
            bytes[at + index] = number[index];
        }
    }

    /// <summary>Another number or word in place of the next digits.</summary>
    private static void ReplaceNumber(List<byte> bytes, int at, Random random)
    {
        var start = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
        if (start < 0)
        {
            return;
        }

        var end = bytes.FindIndex(start, value => !char.IsAsciiDigit((char)value));
        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        bytes.InsertRange(start, Words[random.Next(Words.Length)]);
    }
}
