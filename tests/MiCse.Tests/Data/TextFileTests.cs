using System.Text;
using MiCse.Data;
using MiCse.Files;
using Parquet;
using Parquet.Schema;

namespace MiCse.Tests.Data;

public sealed class TextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one\ntwo\n")]
    [InlineData("one\r\ntwo\r\n")]
    [InlineData("one\ntwo")]
    [InlineData("\uFEFFone\ntwo\n")]
    public void A_text_file_has_one_text_a_line(string content) => Assert.Equal(["one", "two"], Texts("a.txt", content));

    [Theory]
    [InlineData("one\rtwo\r")]
    [InlineData("one\rtwo")]
    [InlineData("\uFEFFone\rtwo\r\n")]
    [InlineData("one\rtwo\n")]
    public void A_text_file_may_end_its_lines_with_returns(string content) => Assert.Equal(["one", "two"], Texts("a.txt", content));

    [Fact]
    public void Returns_are_found_across_the_ends_of_buffers()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(length => new string('x', (length * 331) + 1)), "", "y"];

        Assert.Equal(texts, Texts("a.txt", string.Join('\r', texts)));
        Assert.Equal(texts, Texts("b.txt", string.Join("\r\n", texts)));
    }

    [Theory]
    [InlineData("a.csv", "text,n\rone,1\rtwo,2\r")]
    [InlineData("a.tsv", "text\tn\rone\t1\rtwo\t2\r")]
    [InlineData("a.jsonl", "{\"text\":\"one\"}\r{\"text\":\"two\"}\r")]
    public void So_may_the_other_formats(string name, string content) => Assert.Equal(["one", "two"], Texts(name, content));

    [Theory]
    [InlineData("text,n\n5\" disk,1\n", "5\" disk")]
    [InlineData("text,n\nsay \"b\",2\n", "say \"b\"")]
    [InlineData("text,n\nsay \"b\",\"2, \"\"3\"\"\"\n", "say \"b\"")]
    [InlineData("text,n\n5\"\",\"\"\n", "5\"\"")]
    public void A_quote_inside_a_csv_field_is_an_ordinary_character(string content, string text) => Assert.Equal([text], Texts("a.csv", content));

    [Fact]
    public void Tsv_is_quoted_if_asked_for()
    {
        var path = Write("a.tsv", "text\tn\n\"a\tb\nc \"\"d\"\"\"\t1\n"u8.ToArray());

        Assert.Equal(["a\tb\nc \"d\""], TextFile.ReadTexts(path, new() { Quoting = true }));
        Assert.Equal(["\"x"], TextFile.ReadTexts(Write("b.csv", "text,n\n\"x,1\n"u8.ToArray()), new() { Quoting = false }));
    }

    [Fact]
    public void Empty_lines_of_a_text_file_are_empty_texts() => Assert.Equal(["", "a\rb", "", " c"], Texts("a.txt", "\na\rb\n\r\n c"));

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.jsonl")]
    [InlineData("a.parquet")]
    [InlineData("a.txt.gz")]
    [InlineData("a.txt.zst")]
    [InlineData("a.parquet.zst")]
    public void An_empty_file_has_no_texts(string name) => Assert.Empty(Texts(name, ""));

    [Fact]
    public void A_long_line_is_one_text()
    {
        var text = new string('ä', 300_000);
        Assert.Equal([text, "b"], Texts("a.txt", text + "\nb"));
    }

    [Fact]
    public void Csv_fields_may_hold_commas_quotes_and_line_breaks() =>
        Assert.Equal(["a, \"b\"", "c\nd", ""], Texts("a.csv", "id,text\n1,\"a, \"\"b\"\"\"\n\n2,\"c\nd\"\n3,\"\"\n"));

    [Theory]
    [InlineData("a.csv", "\uFEFFtext,n\r\none,1\r\n")]
    [InlineData("a.tsv", "\uFEFFtext\tn\none\t1\n")]
    [InlineData("a.jsonl", "\uFEFF{\"text\":\"one\"}\n")]
    public void A_byte_order_mark_is_no_part_of_a_name(string name, string content) => Assert.Equal(["one"], Texts(name, content));

    [Fact]
    public void Tsv_has_no_quoting() => Assert.Equal(["\"Hi,\" she said", "x"], Texts("a.tsv", "text\tn\n\"Hi,\" she said\t1\nx\t2\n"));

    [Theory]
    [InlineData("text\n\"never closed\nb\n", 2)]
    [InlineData("text,n\na,1\n\"b\"x,2\n", 3)]
    [InlineData("text,n\na,1\n5\" disk,\"never closed\n", 3)]
    [InlineData("text,n\na,1\n5\" disk,\"b\"x\n", 3)]
    [InlineData("text,n\n\"a\nb\",1\nc\n", 4)]
    [InlineData("text,n\na,1,2\n", 2)]
    public void Csv_mistakes_are_named_with_their_line(string content, long line) =>
        Assert.Equal(line, Assert.Throws<DataFormatException>(() => Texts("a.csv", content)).Line);

    [Fact]
    public void Json_lines_are_read_by_name() =>
        Assert.Equal(["a\nb", "ü", ""], Texts("a.jsonl", "{\"text\":\"a\\nb\",\"n\":1}\n\n{\"n\":2,\"text\":\"\\u00fc\"}\r\n{\"text\":null}\n"));

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\"\n", 2, "JSON")]
    [InlineData("{\"text\":\"a\"}\n[\"b\"]\n", 2, "a list")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":3}\n", 2, "a number")]
    [InlineData("{\"text\":\"a\"}\n{\"other\":\"b\"}\n", 2, "'other'")]
    [InlineData("{\"text\":\"\\ud800\"}\n", 1, "surrogate")]
    [InlineData("{\"text\":\"a\",\"text\":\"b\"}\n", 1, "JSON")]
    public void Json_mistakes_are_named_with_their_line(string content, long line, string says)
    {
        var failure = Assert.Throws<DataFormatException>(() => Texts("a.jsonl", content));
        Assert.Equal(line, failure.Line);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt", "ok\nb?d\n", 2)]
    [InlineData("a.txt.gz", "ok\nb?d\n", 2)]
    [InlineData("a.txt.zst", "ok\nb?d\n", 2)]
    [InlineData("a.csv", "text,n\nok,1\n\"b?d\",2\n", 3)]
    [InlineData("a.tsv", "text\nb?d\n", 2)]
    [InlineData("a.jsonl", "{\"text\":\"ok\"}\n{\"text\":\"b?d\"}\n", 2)]
    public void Invalid_utf8_is_refused_with_its_line(string name, string content, long line)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xE9;
        var path = Write(name, bytes);
        var failure = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path).ToList());
        Assert.Equal(line, failure.Line);
        Assert.Contains("0xE9", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_utf8_in_a_parquet_file_is_refused_with_its_row()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var schema = new ParquetSchema(new DataField<string>("text"));
        var file = new MemoryStream();
        var plain = new ParquetOptions { CompressionMethod = CompressionMethod.None };
        await using (var writer = await ParquetWriter.CreateAsync(schema, file, plain, cancellationToken: cancellation))
        {
            foreach (string?[] texts in (string?[][])[["ü", null], ["ok", "b?d"]])
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync(schema.DataFields[0], texts);
            }
        }

        var bytes = file.ToArray();
        Assert.Equal(["ü", "", "ok", "b?d"], TextFile.ReadTexts(Write("a.parquet", bytes)));

        // The column's statistics hold the text as well.
        for (int place; (place = bytes.AsSpan().IndexOf("b?d"u8)) >= 0;)
        {
            bytes[place + 1] = 0xE9;
        }

        var failure = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(Write("b.parquet", bytes)).ToList());
        Assert.Equal(4, failure.Line);
        Assert.Contains("0xE9", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Utf16_is_called_by_its_name()
    {
        var path = Write("a.txt", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("hi\n")).ToArray());
        Assert.Contains("UTF-16", Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_chosen_by_name_or_by_number()
    {
        var path = Write("a.csv", "a,b,c\n1,2,3\n"u8.ToArray());
        Assert.Equal(["2"], TextFile.ReadTexts(path, new() { Columns = ["b"] }));
        Assert.Equal(["3", "1"], Assert.Single(TextFile.ReadRows(path, new() { Columns = ["c", "a"] })).Values);
        Assert.Equal(["b", "2"], TextFile.ReadTexts(path, new() { Columns = ["2"], NoHeader = true }));
        Assert.Equal(["a", "b", "c"], TextFile.ReadRows(path, new() { NoHeader = true }).First().Values);
        var row = Assert.Single(TextFile.ReadRows(path));
        Assert.Equal(2, row.Line);
        Assert.Equal(["1", "2", "3"], row.Values);
    }

    [Theory]
    [InlineData("x", false, "'a', 'b'")]
    [InlineData("2", false, "'a', 'b'")]
    [InlineData("3", true, "there are 2")]
    public void A_missing_column_is_a_sentence_with_those_there_are(string column, bool noHeader, string says)
    {
        var path = Write("a.csv", "a,b\n1,2\n"u8.ToArray());
        var failure = Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path, new() { Columns = [column], NoHeader = noHeader }).ToList());
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_columns_and_none_named_text_must_be_chosen_from() =>
        Assert.Contains("'a', 'b'", Assert.Throws<DataFormatException>(() => Texts("a.csv", "a,b\n1,2\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_file_has_no_column_names()
    {
        var path = Write("a.txt", "a\n"u8.ToArray());
        Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path, new() { Columns = ["sentence"] }).ToList());
        Assert.Equal(["a"], TextFile.ReadTexts(path, new() { Columns = ["1"], NoHeader = true }));
    }

    [Fact]
    public void Column_numbers_must_be_numbers() =>
        Assert.Throws<ArgumentException>(() => TextFile.ReadRows("any.csv", new() { Columns = ["0"], NoHeader = true }));

    [Fact]
    public void Streams_are_text_unless_said_otherwise()
    {
        Assert.Equal(["a,b", "c"], TextFile.ReadTexts(new MemoryStream("a,b\nc"u8.ToArray()), "standard input"));
        var rows = TextFile.ReadRows(new MemoryStream("a,b\nc,d"u8.ToArray()), "standard input", new() { Format = TextFileFormat.Csv, NoHeader = true });
        Assert.Equal(["c", "d"], rows.Last().Values);
    }

    [Fact]
    public void Files_that_are_not_there_or_not_known_are_named_at_once()
    {
        Assert.Throws<FileNotFoundException>(() => TextFile.ReadTexts(_folder.File("none.txt")));
        Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(_folder.Path));
        var path = Write("a.docx", "x"u8.ToArray());
        Assert.Contains(".docx", Assert.Throws<DataFormatException>(() => TextFile.ReadTexts(path)).Message, StringComparison.Ordinal);
    }

    private List<string> Texts(string name, string content) => [.. TextFile.ReadTexts(Write(name, Encoding.UTF8.GetBytes(content)))];

    private string Write(string name, byte[] content)
    {
        var path = _folder.File(name);
        AtomicFile.Write(path, file => Compression.Compress(file, path, stream => stream.Write(content)));
        return path;
    }
}
