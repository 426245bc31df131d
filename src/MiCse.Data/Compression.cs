using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace MiCse.Data;

/// <summary>Compressed files by their ending: <c>.gz</c> and <c>.zst</c> after the ending of the format.</summary>
internal static class Compression
{
    private const string Gzip = ".gz";
    private const string Zstandard = ".zst";

    /// <summary>The path without the ending that says how it is compressed.</summary>
    public static string TrimEnding(string path) => Path.GetExtension(path).ToLowerInvariant() is Gzip or Zstandard
        ? path[..^Path.GetExtension(path).Length]
        : path;

    /// <summary>The content of a file; the stream owns <paramref name="file"/>.</summary>
    public static Stream Decompress(Stream file, string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        Gzip => new CompleteGZipStream(file, path),
        Zstandard => new CompleteZstdStream(file, path),
        _ => file,
    };

    /// <summary>Writes the content of a file; <paramref name="file"/> stays open.</summary>
    public static void Compress(Stream file, string path, Action<Stream> write)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case Gzip:
                using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
                {
                    write(gzip);
                }

                break;
            case Zstandard:
                using (var zstd = new CompressionStream(file, leaveOpen: true))
                {
                    // With a checksum, a reader notices damage.
                    zstd.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
                    write(zstd);
                }

                break;
            default:
                write(file);
                break;
        }
    }
}
