using System.Text;

namespace MiCse.Search.Files;

/// <summary>Ids as an index keeps them: UTF-8, shorter before longer, then byte by byte, so that 9 comes before 10 and a-9 before a-10.</summary>
internal static class RowId
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The order of ids, which decides between equal scores.</summary>
    public static int Compare(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        first.Length != second.Length ? first.Length.CompareTo(second.Length) : first.SequenceCompareTo(second);

    /// <summary>The bytes of an id or a text.</summary>
    /// <exception cref="ArgumentException">It is no valid Unicode.</exception>
    public static byte[] Encode(string value, string what)
    {
        try
        {
            return Strict.GetBytes(value);
        }
        catch (EncoderFallbackException failure)
        {
            throw new ArgumentException($"The {what} has half a surrogate pair at character {failure.Index}, which is not Unicode; mend it first.", failure);
        }
    }

    /// <summary>An id or a text of its bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
