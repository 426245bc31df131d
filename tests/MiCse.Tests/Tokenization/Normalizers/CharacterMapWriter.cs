using System.Buffers.Binary;
using System.Text;

namespace MiCse.Tests.Tokenization.Normalizers;

/// <summary>Writes character maps in the plainest way: every node has a block of 256 units of its own.</summary>
internal static class CharacterMapWriter
{
    /// <summary>The map in Base64.</summary>
    public static string Encode(IReadOnlyDictionary<string, string> map) => Convert.ToBase64String(Write(map));

    public static byte[] Write(IReadOnlyDictionary<string, string> map)
    {
        var units = new List<uint>(new uint[256]);
        var children = new Dictionary<(int Node, byte Value), int>();
        var replacements = new List<byte>();
        foreach (var (key, replacement) in map)
        {
            var node = 0;
            var last = 0;
            foreach (var value in Encoding.UTF8.GetBytes(key))
            {
                last = node ^ value;
                if (!children.TryGetValue((node, value), out var child))
                {
                    child = units.Count;
                    units.AddRange(new uint[256]);
                    children[(node, value)] = child;
                    units[last] = ((uint)(last ^ child) << 10) | value;
                }

                node = child;
            }

            units[last] |= 0x100;
            units[node] = 0x80000000 | (uint)replacements.Count;
            replacements.AddRange(Encoding.UTF8.GetBytes(replacement).Append((byte)0));
        }

        var bytes = new byte[4 + (4 * units.Count) + replacements.Count];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, 4 * units.Count);
        for (var index = 0; index < units.Count; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + (4 * index)), units[index]);
        }

        replacements.CopyTo(bytes, 4 + (4 * units.Count));
        return bytes;
    }
}
