using System.Buffers.Binary;
using System.Text;
using MiCse.Data;
using MiCse.Files;
using Parquet;
using Parquet.Schema;

namespace MiCse.Tests.Data;

/// <summary>Labels and ids are often numbers, booleans, UUIDs or dates: a named column gives in .jsonl and .parquet what it gives in .csv.</summary>
public sealed class ColumnKindTests : IDisposable
{
    private static readonly CompressionMethod[] s_codecs =
        [CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Gzip, CompressionMethod.Zstd, CompressionMethod.Brotli, CompressionMethod.Lz4Raw];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ints.csv")]
    [InlineData("ints.jsonl")]
    [InlineData("ints.parquet")]
    public void Numbers_are_labels_and_ids_in_every_format(string name)
    {
        var path = Fixture.Shared("fixtures", "field", "06-number-columns", name);

        var rows = TextFile.ReadRows(path, new TextFileOptions { Columns = ["text", "label", "id"] }).ToList();

        Assert.Equal(["The cat sleeps on the sofa.", "0", "1"], rows[0].Values);
        Assert.Equal(["0", "0", "1", "1"], rows.Select(row => row.Values[1]));
        Assert.Equal(["1", "2", "3", "4"], rows.Select(row => row.Values[2]));
        Assert.Equal("0", TextFile.ReadTexts(path, new TextFileOptions { Columns = ["label"] }).First());
        Assert.Equal(4, TextFile.ReadTexts(path).Count());
    }

    [Fact]
    public void Json_values_become_texts_as_they_are_written()
    {
        var rows = Json("""{"text":"a","x":12345678901234567890}""", """{"text":"b","x":1.50}""", """{"text":"c","x":-1e3}""", """{"text":"d","x":true}""",
            """{"text":"e","x":false}""", """{"text":"f","x":null}""", """{"text":"g","x":"0b54e2f0-3f4c-4f4e-8c39-0f6f0b1d2a3c"}""");

        Assert.Equal(
            ["12345678901234567890", "1.50", "-1e3", "true", "false", "", "0b54e2f0-3f4c-4f4e-8c39-0f6f0b1d2a3c"],
            TextFile.ReadTexts(rows, new TextFileOptions { Columns = ["x"] }));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], TextFile.ReadTexts(rows));
    }

    [Fact]
    public void Without_a_choice_the_strings_are_the_columns()
    {
        var path = Json("""{"id":1,"sentence":"a","ok":true}""", """{"id":2,"sentence":"b","ok":false}""");

        Assert.Equal(["a", "b"], TextFile.ReadTexts(path));
        Assert.Equal(["a"], TextFile.ReadRows(path).First().Values);
        Assert.Equal(["1", "a", "true"], TextFile.ReadRows(path, new TextFileOptions { Columns = ["1", "2", "3"], NoHeader = true }).First().Values);
    }

    [Theory]
    [InlineData("""{"text":"a","x":[1]}""", "a list")]
    [InlineData("""{"text":"a","x":{}}""", "an object")]
    public void Lists_and_objects_are_refused_by_name(string row, string found)
    {
        var failure = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(Json(row), new TextFileOptions { Columns = ["x"] }).ToList());

        Assert.Contains($"'x' is {found}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_values_become_texts()
    {
        var id = new Guid("0b54e2f0-3f4c-4f4e-8c39-0f6f0b1d2a3c");
        var noon = new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);
        await Check(new DataField<bool>("x"), [true, false], "true", "false");
        await Check(new DataField<sbyte>("x"), [(sbyte)-1], "-1");
        await Check(new DataField<byte>("x"), [(byte)255], "255");
        await Check(new DataField<short>("x"), [(short)-300], "-300");
        await Check(new DataField<ushort>("x"), [(ushort)60_000], "60000");
        await Check(new DataField<int>("x"), [-7], "-7");
        await Check(new DataField<uint>("x"), [4_000_000_000], "4000000000");
        await Check(new DataField<long>("x"), [long.MinValue], "-9223372036854775808");
        await Check(new DataField<ulong>("x"), [ulong.MaxValue], "18446744073709551615");
        await Check(new DataField<float>("x"), [0.1f], "0.1");
        await Check(new DataField<double>("x"), [0.1, 1e300], "0.1", "1E+300");
        await Check(new DecimalDataField("x", 10, 2), [1.5m], "1.50");
        await Check(new DataField<Guid>("x"), [id], "0b54e2f0-3f4c-4f4e-8c39-0f6f0b1d2a3c");
        await Check(new DateTimeDataField("x", DateTimeFormat.Date), [noon.Date], "2024-02-29");
        await Check(new DateTimeDataField("x", DateTimeFormat.DateAndTimeMicros), [noon.AddMilliseconds(250)], "2024-02-29T12:00:00.25Z");
        await Check(new DataField("x", typeof(int), isNullable: true), [(int?)5, null], "5", "");
        await Check(new DataField("x", typeof(Guid), isNullable: true), [(Guid?)null, id], "", "0b54e2f0-3f4c-4f4e-8c39-0f6f0b1d2a3c");
    }

    [Fact]
    public void Parquet_text_without_its_annotation_is_text() =>
        Assert.Equal(4, TextFile.ReadTexts(Fixture.Shared("fixtures", "field", "14-parquet", "text-without-utf8-annotation.parquet")).Count());

    [Fact]
    public async Task Dictionaries_long_strings_and_every_codec_are_read()
    {
        string[] texts = [.. Enumerable.Range(0, 2000).Select(row => row % 3 == 0 ? new string('ä', 5000) : $"Text {row % 7}.")];
        var schema = new ParquetSchema(new DataField("text", typeof(string), isNullable: false));
        foreach (var codec in s_codecs)
        {
            var options = new ParquetOptions { CompressionMethod = codec, DictionaryEncodingThreshold = 1 };
            var path = _folder.File($"{codec}.parquet");
            await File.WriteAllBytesAsync(path, await Parquet(schema, options, group => group.WriteAsync(schema.DataFields[0], texts)), Cancellation);

            Assert.Equal(texts, TextFile.ReadTexts(path));
        }
    }

    [Fact]
    public async Task Binary_that_is_no_text_is_named()
    {
        var schema = new ParquetSchema(new DataField("text", typeof(byte[]), isNullable: false));
        var path = _folder.File("a.parquet");
        await File.WriteAllBytesAsync(path, await Parquet(schema, null, group => group.WriteAsync(schema.DataFields[0], [[0xFF, 0xD8, 0xFF]])), Cancellation);

        Assert.Contains("not UTF-8", Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_in_a_parquet_file_are_refused_by_name()
    {
        var schema = new ParquetSchema(new DataField<string>("text"), new DataField("x", typeof(int[])));
        var path = _folder.File("a.parquet");
        await File.WriteAllBytesAsync(path, await Parquet(schema, null, null), Cancellation);

        var failure = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path, new TextFileOptions { Columns = ["x"] }).ToList());

        Assert.Contains("column 'x' holds lists", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lz4_in_the_framing_of_Hadoop_is_named()
    {
        var schema = new ParquetSchema(new DataField("text", typeof(string), isNullable: false));
        string[] texts = [.. Enumerable.Range(0, 100).Select(row => $"Text {row * 7919 % 1000} of a column that is hard to compress, {row}.")];
        var file = await Parquet(schema, new ParquetOptions { CompressionMethod = CompressionMethod.LZ4 }, group => group.WriteAsync(schema.DataFields[0], texts));
        Assert.Equal(texts, TextFile.ReadTexts(new MemoryStream(file), "x", new TextFileOptions { Format = TextFileFormat.Parquet }));

        var (length, uncompressed, compressed) = ParquetFooter.PageHeader(file.AsSpan(4))!.Value;
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + length), uncompressed);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(8 + length), compressed - 8);
        var failure = Assert.Throws<DataFormatException>(
            () => TextFile.ReadTexts(new MemoryStream(file), "x", new TextFileOptions { Format = TextFileFormat.Parquet }).ToList());

        Assert.Contains("LZ4 in the framing of Hadoop", failure.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<byte[]> Parquet(ParquetSchema schema, ParquetOptions? options, Func<ParquetRowGroupWriter, Task>? write)
    {
        var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, file, options, cancellationToken: Cancellation))
        {
            if (write is not null)
            {
                using var group = writer.CreateRowGroup();
                await write(group);
            }
        }

        return file.ToArray();
    }

    private static async Task Check<T>(DataField field, T[] values, params string[] expected)
        where T : struct => await Read(field, group => group.WriteAsync<T>(field, values.AsMemory()), expected);

    private static async Task Check<T>(DataField field, T?[] values, params string[] expected)
        where T : struct => await Read(field, group => group.WriteAsync<T>(field, values.AsMemory()), expected);

    private static async Task Read(DataField field, Func<ParquetRowGroupWriter, Task> write, string[] expected)
    {
        var file = await Parquet(new ParquetSchema(field), null, write);

        Assert.Equal(expected, TextFile.ReadTexts(new MemoryStream(file), "x", new TextFileOptions { Format = TextFileFormat.Parquet, Columns = ["x"] }));
    }

    private string Json(params string[] rows)
    {
        var path = _folder.File("a.jsonl");
        File.WriteAllText(path, string.Join('\n', rows), new UTF8Encoding(false));
        return path;
    }
}
