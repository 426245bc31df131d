using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CsCheck;
using MiCse.Data;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Vectors;
using Parquet;
using Parquet.Serialization;

namespace MiCse.Tests.Data;

public sealed class EmbeddingWriterTests : IDisposable
{
    private const int Dimensions = 3;
    private static readonly string[] Texts = ["a \"b\"", "ü\n", "", "日本語"];
    private static readonly float[] Values = [0.1f, -1e-30f, 3f, 1f / 3, float.MaxValue, 0, 5, 6, 7, -0f, 16777217f, float.Epsilon];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_lines_read_back_to_the_same_bits()
    {
        var lines = File.ReadAllLines(Written("a.jsonl"));
        for (var row = 0; row < Texts.Length; row++)
        {
            var line = JsonDocument.Parse(lines[row]).RootElement;
            Assert.Equal(["text", "embedding", "tokens", "truncated"], line.EnumerateObject().Select(property => property.Name));
            Assert.Equal(Texts[row], line.GetProperty("text").GetString());
            Assert.Equal(Bits(Row(row)), Bits(line.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())));
            Assert.Equal(row + 2, line.GetProperty("tokens").GetInt32());
            Assert.Equal(row % 2 == 1, line.GetProperty("truncated").GetBoolean());
        }

        Assert.Contains("0.1,-1E-30,3", lines[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Texts, TextFile.ReadTexts(_folder.File("a.jsonl")));
    }

    [Fact]
    public void Npy_is_numpys_format_1_0()
    {
        var bytes = File.ReadAllBytes(Written("a.npy"));
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0], bytes[..8]);
        var dataStart = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.Equal(0, dataStart % 64);
        var header = Encoding.ASCII.GetString(bytes, 10, dataStart - 10);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }", header.TrimEnd('\n').TrimEnd(' '));
        Assert.EndsWith("\n", header, StringComparison.Ordinal);
        Assert.Equal(MemoryMarshal.AsBytes(Values.AsSpan()).ToArray(), bytes[dataStart..]);
    }

    [Fact]
    public void Safetensors_holds_one_tensor()
    {
        var bytes = File.ReadAllBytes(Written("a.safetensors"));
        var headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, headerLength % 8);
        Assert.Equal((byte)'{', bytes[8]);
        var tensor = JsonDocument.Parse(bytes.AsMemory(8, headerLength)).RootElement.GetProperty("embeddings");
        Assert.Equal("F32", tensor.GetProperty("dtype").GetString());
        Assert.Equal([4, Dimensions], tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal([0, Values.Length * 4], tensor.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32()));
        Assert.Equal(MemoryMarshal.AsBytes(Values.AsSpan()).ToArray(), bytes[(8 + headerLength)..]);
    }

    [Fact]
    public async Task Parquet_has_a_row_per_text()
    {
        var path = Written("a.parquet");
        await using var file = File.OpenRead(path);
        var rows = await ParquetSerializer.DeserializeAsync<EmbeddingRow>(file, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Texts, rows.Data.Select(row => row.Text));
        Assert.Equal(Bits(Values), Bits(rows.Data.SelectMany(row => row.Embedding)));
        Assert.All(rows.Data, row => Assert.Equal(Dimensions, row.Embedding.Count));
        Assert.Equal([2, 3, 4, 5], rows.Data.Select(row => row.Tokens));
        Assert.Equal([false, true, false, true], rows.Data.Select(row => row.Truncated));
        Assert.Equal(Texts, TextFile.ReadTexts(path));
    }

    [Fact]
    public async Task Parquet_splits_many_rows_into_row_groups()
    {
        const int rows = 2500;
        const int dimensions = 2048;
        var path = _folder.File("a.parquet");
        var texts = Enumerable.Range(0, rows).Select(row => row.ToString(CultureInfo.InvariantCulture)).ToArray();
        var values = Enumerable.Range(0, rows * dimensions).Select(i => (float)i).ToArray();
        using (var writer = EmbeddingWriter.Create(path, dimensions))
        {
            writer.Write(texts, new EncodedTexts(new EmbeddingMatrix(values, rows, dimensions), new int[rows], new bool[rows]));
            writer.Complete();
        }

        await using var file = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2, reader.RowGroupCount);
        Assert.Equal(texts, TextFile.ReadTexts(path));
        var last = reader.OpenRowGroupReader(1);
        var lastValues = new float[last.RowCount * dimensions];
        await last.ReadRawAsync<float>(reader.Schema.DataFields[1], lastValues, new int[lastValues.Length], new int[lastValues.Length],
            TestContext.Current.CancellationToken);
        Assert.Equal(rows * dimensions - 1, lastValues[^1]);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    [InlineData("a.parquet")]
    public void Without_completion_nothing_is_left(string name)
    {
        using (var writer = EmbeddingWriter.Create(_folder.File(name), Dimensions))
        {
            writer.Write(Texts, Encoded(0, Texts.Length));
        }

        Assert.Empty(Directory.GetFiles(_folder.Path, "*", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    [InlineData("a.parquet")]
    [InlineData("a.jsonl")]
    public void No_texts_are_a_valid_file(string name)
    {
        var path = _folder.File(name);
        using (var writer = EmbeddingWriter.Create(path, Dimensions))
        {
            writer.Complete();
        }

        if (name.EndsWith("npy", StringComparison.Ordinal))
        {
            Assert.Contains("(0, 3)", File.ReadAllText(path), StringComparison.Ordinal);
        }
        else if (name.EndsWith("safetensors", StringComparison.Ordinal))
        {
            Assert.Contains("\"shape\":[0,3]", File.ReadAllText(path), StringComparison.Ordinal);
        }
        else
        {
            Assert.Empty(TextFile.ReadTexts(path));
        }
    }

    [Fact]
    public void Unknown_endings_and_wrong_sizes_are_refused()
    {
        Assert.Contains(".npy", Assert.Throws<DataFormatException>(() => EmbeddingWriter.Create(_folder.File("a.csv"), 3)).Message, StringComparison.Ordinal);
        using var writer = EmbeddingWriter.Create(_folder.File("a.npy"), 4);
        Assert.Throws<ArgumentException>(() => writer.Write(Texts, Encoded(0, Texts.Length)));
        Assert.Throws<ArgumentException>(() => writer.Write(Texts[..1], Encoded(0, Texts.Length)));
    }

    [Fact]
    public void Json_lines_go_to_a_stream_too()
    {
        var stream = new MemoryStream();
        using (var writer = EmbeddingWriter.JsonLines(stream))
        {
            writer.Write(Texts, Encoded(0, Texts.Length));
            writer.Complete();
        }

        Assert.Equal(File.ReadAllBytes(Written("a.jsonl")), stream.ToArray());
    }

    [Fact]
    public void Any_number_of_batches_of_any_size_gives_the_same_file() =>
        Gen.Int[0, Texts.Length].Select(Gen.Int[0, Texts.Length]).Sample((first, second) =>
        {
            var (low, high) = (Math.Min(first, second), Math.Max(first, second));
            foreach (var name in (string[])["whole.npy", "whole.safetensors", "whole.jsonl", "whole.parquet"])
            {
                var parts = _folder.File("parts" + Path.GetExtension(name));
                using (var writer = EmbeddingWriter.Create(parts, Dimensions))
                {
                    writer.Write(Texts[..low], Encoded(0, low));
                    writer.Write(Texts[low..high], Encoded(low, high));
                    writer.Write(Texts[high..], Encoded(high, Texts.Length));
                    writer.Complete();
                }

                Assert.Equal(File.ReadAllBytes(Written(name)), File.ReadAllBytes(parts));
            }
        }, iter: 20, threads: 1);

    private static float[] Row(int row) => Values[(row * Dimensions)..((row + 1) * Dimensions)];

    private static int[] Bits(IEnumerable<float> values) => [.. values.Select(BitConverter.SingleToInt32Bits)];

    private static EncodedTexts Encoded(int start, int end)
    {
        var rows = Enumerable.Range(start, end - start).ToArray();
        var matrix = new EmbeddingMatrix(Values[(start * Dimensions)..(end * Dimensions)], rows.Length, Dimensions);
        return new EncodedTexts(matrix, [.. rows.Select(row => row + 2)], [.. rows.Select(row => row % 2 == 1)]);
    }

    private string Written(string name)
    {
        var path = _folder.File(name);
        using var writer = EmbeddingWriter.Create(path, Dimensions);
        writer.Write(Texts, Encoded(0, Texts.Length));
        writer.Complete();
        return path;
    }

    private sealed class EmbeddingRow
    {
        [System.Text.Json.Serialization.JsonPropertyName("text"), Parquet.Serialization.Attributes.ParquetRequired]
        public string Text { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("embedding")]
        public List<float> Embedding { get; set; } = [];

        [System.Text.Json.Serialization.JsonPropertyName("tokens")]
        public int Tokens { get; set; }

        [System.Text.Json.Serialization.JsonPropertyName("truncated")]
        public bool Truncated { get; set; }
    }
}
