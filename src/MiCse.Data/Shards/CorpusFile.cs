using System.Globalization;
using System.IO.Hashing;
using System.Text.Json.Serialization;
using MiCse.Files;

namespace MiCse.Data.Shards;

/// <summary>A file of the corpus as a plan knows it.</summary>
/// <param name="Path">Where it was when the plan was made; it may lie elsewhere on another machine.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Checksum">XXH3 (128 bits) of its content, of a large one see <see cref="Of"/>.</param>
/// <param name="Rows">Its texts that are encoded.</param>
internal sealed record CorpusFile(string Path, long Bytes, string Checksum, long Rows)
{
    private const long WholeBytes = 8 << 20;
    private const int EndBytes = 1 << 20;
    private const int SampleBytes = 1 << 16;
    private const int Samples = 64;

    /// <summary>Its name, which is the same on every machine.</summary>
    [JsonIgnore]
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>
    /// Looks at a file. Every task of an array does, so that of more than 8 MiB only the first and the last MiB and 64 samples of 64 KiB between them are read.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CorpusFile Of(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new DataFormatException(path, null, "is a folder; name a file.");
        }

        if (!File.Exists(full))
        {
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        }

        using var file = File.OpenHandle(full, options: FileOptions.RandomAccess);
        var length = RandomAccess.GetLength(file);
        var hash = new XxHash128();
        var buffer = new byte[EndBytes];
        if (length <= WholeBytes)
        {
            for (var offset = 0L; offset < length; offset += EndBytes)
            {
                Append(offset, EndBytes);
            }
        }
        else
        {
            Append(0, EndBytes);
            for (var sample = 1; sample <= Samples; sample++)
            {
                Append(length / (Samples + 1) * sample, SampleBytes);
            }

            Append(length - EndBytes, EndBytes);
        }

        return new CorpusFile(full, length, Convert.ToHexStringLower(hash.GetCurrentHash()), 0);

        void Append(long offset, int count)
        {
            var wanted = (int)Math.Min(count, length - offset);
            for (var read = 0; read < wanted;)
            {
                var now = RandomAccess.Read(file, buffer.AsSpan(read, wanted - read), offset + read);
                read += now > 0 ? now : throw new DataFormatException(path, null, "became shorter while it was read.");
            }

            hash.Append(buffer.AsSpan(0, wanted));
        }
    }

    /// <summary>Name, length and checksum, for comparison and for people.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Bytes} bytes, checksum {Checksum})");
}
