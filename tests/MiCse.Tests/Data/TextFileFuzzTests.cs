using CsCheck;
using MiCse.Data;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Tests.Data;

/// <summary>Whatever the bytes, a reader gives rows or a sentence.</summary>
public class TextFileFuzzTests
{
    private static readonly TextFileFormat[] Formats = Enum.GetValues<TextFileFormat>();

    /// <summary>Bytes that mean something to one format or another, more often than chance would have it.</summary>
    private static readonly Gen<byte[]> Bytes =
        Gen.Frequency((1, Gen.Byte), (4, Gen.OneOf("\"\",,\t\t\r\n\n{}[]:\\utext1ü "u8.ToArray()))).Array[0, 60];

    [Fact]
    public void Any_bytes_give_rows_or_a_sentence() =>
        Gen.Select(Bytes, Gen.OneOf(Formats), Gen.Bool).Sample((bytes, format, noHeader) => AssertRowsOrSentence(bytes, format, noHeader), iter: 20_000);

    [Fact]
    public void A_damaged_json_line_gives_rows_or_a_sentence() => AssertDamage("{\"text\":\"a\\u00fc\\ud83d\\ude00\",\"n\":[1,{\"x\":null}]}\n{\"text\":null}\n"u8.ToArray(),
        TextFileFormat.JsonLines, iterations: 5_000);

    [Fact]
    public void A_damaged_parquet_file_gives_rows_or_a_sentence() => AssertDamage(ParquetFile(), TextFileFormat.Parquet, iterations: 1_000);

    /// <summary>The library alone takes hours over this file.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_parquet_footer_with_a_list_of_another_type_is_refused_at_once()
    {
        var bytes = ParquetFile();
        byte[] listOfOneText = [0x19, 0x18, 6, .. "tokens"u8];
        var list = bytes.AsSpan().IndexOf(listOfOneText) + 1;
        Assert.True(list > 0);
        // "List of so many numbers as follows" in place of "list of 1 text".
        bytes[list] = 0xF5;
        var failure = await Assert.ThrowsAsync<DataFormatException>(() => Task.Run(() =>
            TextFile.ReadTexts(new MemoryStream(bytes), "a.parquet", new() { Format = TextFileFormat.Parquet }).Count(), TestContext.Current.CancellationToken));
        Assert.Contains("footer", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    public void A_damaged_compressed_file_gives_the_texts_or_a_sentence(string name) =>
        Damaged(Compressed(name, "one\ntwo\nthree\n"u8.ToArray())).Sample(bytes =>
        {
            using var stream = Compression.Decompress(new MemoryStream(bytes), name);
            try
            {
                var texts = TextFile.ReadTexts(stream, name).ToList();
                // Nothing but free fields (gzip: time, operating system; zstd: a skippable frame) can change without being noticed.
                Assert.True(texts.Count == 0 || texts is ["one", "two", "three"], string.Join('|', texts));
            }
            catch (DataFormatException)
            {
            }
        }, iter: 3_000);

    [Theory]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    public void Any_bytes_as_a_compressed_file_give_texts_or_a_sentence(string name) =>
        Gen.Select(Gen.Int[0, 12], Gen.Byte.Array[0, 200]).Sample((kept, bytes) =>
        {
            using var stream = Compression.Decompress(new MemoryStream([.. Compressed(name, "one\n"u8.ToArray()).Take(kept), .. bytes]), name);
            try
            {
                _ = TextFile.ReadTexts(stream, name).Count();
            }
            catch (DataFormatException failure)
            {
                Assert.StartsWith(name, failure.Message, StringComparison.Ordinal);
            }
        }, iter: 5_000);

    [Fact]
    public void Lines_are_those_of_a_plain_split() =>
        Gen.OneOf("\n"u8[0], "\r"u8[0], "a"u8[0], "b"u8[0]).Array[0, 40].Sample(bytes =>
        {
            var text = System.Text.Encoding.ASCII.GetString(bytes);
            var firstEnd = text.IndexOfAny(['\r', '\n']);
            var returns = firstEnd >= 0 && firstEnd + 1 < text.Length && text[firstEnd] == '\r' && text[firstEnd + 1] != '\n';
            var expected = returns
                ? text.ReplaceLineEndings("\n").Split('\n').ToList()
                : text.Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line).ToList();
            if (text.Length == 0 || text.EndsWith('\n') || (returns && text.EndsWith('\r')))
            {
                expected.RemoveAt(expected.Count - 1);
            }

            var rows = TextFile.ReadRows(new TrickleStream(bytes), "a").ToList();
            Assert.Equal(expected, rows.Select(row => row.Values[0]));
            Assert.Equal(Enumerable.Range(1, expected.Count).Select(line => (long)line), rows.Select(row => row.Line));
        }, iter: 2_000);

    private static byte[] Compressed(string name, byte[] content)
    {
        var compressed = new MemoryStream();
        Compression.Compress(compressed, name, stream => stream.Write(content));
        return compressed.ToArray();
    }

    private static byte[] ParquetFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.parquet");
        using (var writer = EmbeddingWriter.Create(path, 2))
        {
            writer.Write(["a", "bc", ""], new EncodedTexts(new EmbeddingMatrix([1, 2, 3, 4, 5, 6], 3, 2), [1, 2, 3], [false, true, false]));
            writer.Complete();
        }

        return File.ReadAllBytes(path);
    }

    private static Gen<byte[]> Damaged(byte[] whole) =>
        from length in Gen.Frequency((3, Gen.Const(whole.Length)), (1, Gen.Int[0, whole.Length]))
        from places in Gen.Int[0, whole.Length - 1].Array[0, 3]
        from values in Gen.Byte.Array[3]
        select Damage(whole, length, places, values);

    private static byte[] Damage(byte[] whole, int length, int[] places, byte[] values)
    {
        byte[] bytes = [.. whole];
        for (var i = 0; i < places.Length; i++)
        {
            bytes[places[i]] = values[i];
        }

        return bytes[..length];
    }

    private static void AssertDamage(byte[] whole, TextFileFormat format, int iterations) =>
        Damaged(whole).Sample(bytes => AssertRowsOrSentence(bytes, format, noHeader: false), iter: iterations);

    private static void AssertRowsOrSentence(byte[] bytes, TextFileFormat format, bool noHeader)
    {
        try
        {
            var width = -1;
            foreach (var row in TextFile.ReadRows(new MemoryStream(bytes), "fuzz", new() { Format = format, NoHeader = noHeader }))
            {
                width = width < 0 ? row.Values.Count : width;
                Assert.Equal(width, row.Values.Count);
                Assert.DoesNotContain(null, row.Values);
            }
        }
        catch (DataFormatException failure)
        {
            Assert.StartsWith("fuzz", failure.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Gives one byte at a time, as a slow pipe may.</summary>
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
