using System.Text;

namespace MiCse.Files;

/// <summary>UTF-8 that refuses instead of repairing.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a whole file, without a byte-order mark.</summary>
    /// <exception cref="DataFormatException">The bytes are not UTF-8.</exception>
    public static string ReadAll(string file)
    {
        var bytes = File.ReadAllBytes(file).AsSpan();
        return Decode(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes, file, null);
    }

    /// <summary>The text of one line or field.</summary>
    /// <exception cref="DataFormatException">The bytes are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string file, long? line)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException failure)
        {
            var found = bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
                ? "a UTF-16 byte-order mark"
                : $"byte 0x{failure.BytesUnknown![0]:X2} after {failure.Index} bytes";
            throw new DataFormatException(file, line, $"is not UTF-8 (found {found}); convert the file to UTF-8.", failure);
        }
    }
}
