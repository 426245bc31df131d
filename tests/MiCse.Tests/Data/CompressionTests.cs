using System.IO.Compression;
using System.Text;
using MiCse.Data;
using MiCse.Files;
using ZstdSharp;

namespace MiCse.Tests.Data;

public sealed class CompressionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    public void A_file_may_have_several_parts(string name) =>
        Assert.Equal(["a", "b"], TextFile.ReadTexts(Write(name, [.. Compressed(name, "a\n"u8), .. Compressed(name, "b\n"u8)])));

    /// <summary>Written by the zstd program: a frame with a checksum, and one without.</summary>
    [Theory]
    [InlineData("KLUv/QRoYQAAb25lCnp3ZWkgw6QKe47Dzg==")]
    [InlineData("KLUv/QBYYQAAb25lCnp3ZWkgw6QK")]
    public void What_the_zstd_program_writes_is_read(string base64) =>
        Assert.Equal(["one", "zwei ä"], TextFile.ReadTexts(Write("a.txt.zst", Convert.FromBase64String(base64))));

    [Theory]
    [InlineData("a.txt.gz", "gzip")]
    [InlineData("a.txt.zst", "zstd")]
    public void A_file_cut_short_anywhere_is_refused(string name, string format)
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"line {i * 7919 % 10007}\n")));
        var whole = Compressed(name, content);
        for (var length = 1; length < whole.Length; length += length < 40 || length > whole.Length - 40 ? 1 : 997)
        {
            var path = Write(name, whole[..length]);
            var failure = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path).Count());
            Assert.StartsWith($"{path}: is not a whole {format} file: it is", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3000, TextFile.ReadTexts(Write(name, whole)).Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(512)]
    [InlineData(200_000)]
    public void Zeros_that_pad_a_gzip_file_are_no_content(int zeros)
    {
        // Of many lengths, because a length ends the file and has zeros itself; 65,536 is one with two.
        foreach (var length in new[] { 1, 255, 256, 65_535, 65_536, 70_000 })
        {
            var whole = Compressed("a.gz", Encoding.ASCII.GetBytes(new string('x', length)));
            string[] expected = [new string('x', length)];

            Assert.Equal(expected, TextFile.ReadTexts(Write("a.txt.gz", whole)));
            Assert.Equal(expected, TextFile.ReadTexts(Write("a.txt.gz", [.. whole, .. new byte[zeros]])));
            Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(Write("a.txt.gz", [.. whole, .. new byte[zeros], 1])).Count());
            Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(Write("a.txt.gz", [.. whole[..^9], .. new byte[zeros]])).Count());
        }
    }

    [Theory]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    public void What_is_not_compressed_or_goes_on_after_the_end_is_refused(string name)
    {
        Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(Write(name, "plain text\n"u8.ToArray())).Count());
        Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(Write(name, [.. Compressed(name, "a\n"u8), .. "plain text\n"u8])).Count());
    }

    [Theory]
    [InlineData("a.csv.gz")]
    [InlineData("a.CSV.ZST")]
    [InlineData("a.tsv.zst")]
    [InlineData("a.jsonl.zst")]
    public void Every_format_may_be_compressed(string name)
    {
        var content = name.Contains("jsonl", StringComparison.Ordinal) ? "{\"text\":\"one\"}\n" : "text\none\n";

        Assert.Equal(["one"], TextFile.ReadTexts(Write(name, Compressed(name, Encoding.UTF8.GetBytes(content)))));
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    public void What_is_written_reads_back_and_other_readers_agree(string name)
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"Zeile {i}: ä\n")));
        var path = _folder.File(name);

        AtomicFile.Write(path, file => Compression.Compress(file, path, stream => stream.Write(content)));

        using var read = Compression.Decompress(File.OpenRead(path), path);
        using var copy = new MemoryStream();
        read.CopyTo(copy);
        Assert.Equal(content, copy.ToArray());
        Assert.Equal(content, Path.GetExtension(name) switch
        {
            ".gz" => Gunzip(File.ReadAllBytes(path)),
            ".zst" => new Decompressor().Unwrap(File.ReadAllBytes(path)).ToArray(),
            _ => File.ReadAllBytes(path),
        });
    }

    private static byte[] Gunzip(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Compressed(string name, ReadOnlySpan<byte> content)
    {
        if (name.EndsWith(".zst", StringComparison.OrdinalIgnoreCase))
        {
            using var compressor = new Compressor();
            return compressor.Wrap(content).ToArray();
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private string Write(string name, byte[] content)
    {
        var path = _folder.File(name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
