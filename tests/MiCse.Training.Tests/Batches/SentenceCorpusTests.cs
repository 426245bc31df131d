using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MiCse.Data;
using MiCse.Files;
using MiCse.Training.Batches;
using Parquet;
using Parquet.Schema;

namespace MiCse.Training.Tests.Batches;

public sealed class SentenceCorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-corpus-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_are_paired_with_themselves_and_empty_ones_counted()
    {
        var corpus = Load("a.txt", "One sentence.\n\nAnother.\n  \nÜber.\n");

        Assert.Equal([new("One sentence.", "One sentence."), new("Another.", "Another."), new("Über.", "Über.")], corpus.Examples);
        Assert.Equal(2, corpus.SkippedRows);
        Assert.Equal("a.txt", corpus.Name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder, "a.txt")))), corpus.Sha256);
    }

    [Fact]
    public void Two_columns_are_pairs_and_three_have_hard_negatives()
    {
        Assert.Equal([new("a, b", "c"), new("d", "e")], Load("pairs.csv", "sent0,sent1\n\"a, b\",c\nd,e\n").Examples);
        Assert.Equal([new("a", "b", "c")], Load("triplets.tsv", "sent0\tsent1\thard_neg\na\tb\tc\n").Examples);
        Assert.Equal([new("a", "b")], Load("pairs.jsonl", "{\"x\": \"a\", \"y\": \"b\"}\n").Examples);
    }

    [Fact]
    public void Columns_are_chosen_by_name_or_by_number_without_a_header()
    {
        const string Rows = "id,one,two\n1,a,b\n2,c,\n";

        var named = Load("rows.csv", Rows, new TextFileOptions { Columns = ["two", "one"] });
        var numbered = Load("rows.csv", Rows, new TextFileOptions { Columns = ["2"], NoHeader = true });

        Assert.Equal([new("b", "a")], named.Examples);
        Assert.Equal(1, named.SkippedRows);
        Assert.Equal(["two", "one"], named.Columns);
        Assert.Equal([new("one", "one"), new("a", "a"), new("c", "c")], numbered.Examples);
    }

    [Theory]
    [InlineData("sentence1,sentence2,label", "a,b,1", "a", "b", null)]
    [InlineData("label,sentence1,sentence2", "entailment,a,b", "a", "b", null)]
    [InlineData("sentence1,sentence2,score", "a,b,0.5", "a", "b", null)]
    [InlineData("sentence1,sentence2,similarity_score", "a,b,0.5", "a", "b", null)]
    [InlineData("id,anchor,positive,negative", "7,a,b,c", "a", "b", "c")]
    [InlineData("negative,positive,anchor", "c,b,a", "a", "b", "c")]
    [InlineData("hard_neg,sent0,sent1", "c,a,b", "a", "b", "c")]
    [InlineData("title,text", "t,a", "a", "a", null)]
    [InlineData("sentence,labels", "a,0", "a", "a", null)]
    [InlineData("body,views", "a,12", "a", "a", null)]
    [InlineData("left,right,count", "a,b,3", "a", "b", null)]
    [InlineData("one,two", "a,b", "a", "b", null)]
    [InlineData("doc_id,body,flag", "x7,a,true", "a", "a", null)]
    [InlineData("only", "42", "42", "42", null)]
    [InlineData("topic,title,description", "World,a,b", null, null, null)]
    [InlineData("topic,title", "World,a", null, null, null)]
    [InlineData("one,two,three", "a,b,c", null, null, null)]
    [InlineData("label,score", "1,2", null, null, null)]
    public async Task Names_say_which_columns_are_texts_alike_in_every_format(string header, string row, string? first, string? second, string? negative)
    {
        var (names, values) = (header.Split(','), row.Split(','));
        var typed = names.Zip(values, (name, value) => double.TryParse(value, out _) || bool.TryParse(value, out _) ? $"\"{name}\": {value}" : $"\"{name}\": \"{value}\"");
        await WriteParquet("rows.parquet", names, values);
        foreach (var load in new Func<SentenceCorpus>[]
        {
            () => Load("rows.csv", $"{header}\n{row}\n"),
            () => Load("rows.tsv", $"{header}\n{row}\n".Replace(',', '\t')),
            () => Load("rows.jsonl", $"{{{string.Join(", ", names.Zip(values, (name, value) => $"\"{name}\": \"{value}\""))}}}\n"),
            () => Load("typed.jsonl", $"{{{string.Join(", ", typed)}}}\n"),
            () => SentenceCorpus.Load(Path.Combine(_folder, "rows.parquet"), cancellationToken: TestContext.Current.CancellationToken),
        })
        {
            if (first is null)
            {
                Assert.Contains($"({string.Join(", ", names)}), and it is not clear which hold texts", Assert.Throws<DataFormatException>(load).Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal([new TrainingExample(first, second!, negative)], load().Examples);
            }
        }
    }

    [Fact]
    public void Lists_are_no_texts()
    {
        Assert.Equal([new("a", "b")], Load("lists.jsonl", "{\"one\": \"a\", \"two\": \"b\", \"tags\": [1, 2]}\n").Examples);
    }

    [Fact]
    public void Compressed_files_are_read()
    {
        using (var file = new GZipStream(File.Create(Path.Combine(_folder, "a.txt.gz")), CompressionLevel.Fastest))
        {
            file.Write("One.\nTwo.\n"u8);
        }

        Assert.Equal(["One.", "Two."], SentenceCorpus.Load(Path.Combine(_folder, "a.txt.gz"), cancellationToken: TestContext.Current.CancellationToken)
            .Examples.Select(example => example.First));
    }

    [Theory]
    [InlineData("empty.txt", "", "is empty")]
    [InlineData("blank.txt", "\n \n", "2 rows and an empty text in each")]
    [InlineData("wide.csv", "a,b,c,d\n1,2,3,4\n", "has 4 columns")]
    public void A_file_without_examples_is_refused(string name, string content, string expected)
    {
        var thrown = Assert.Throws<DataFormatException>(() => Load(name, content));

        Assert.Contains(expected, thrown.Message);
        Assert.Contains(name, thrown.Message);
    }

    [Fact]
    public void Invalid_utf8_is_named_with_its_line()
    {
        var path = Path.Combine(_folder, "latin1.txt");
        File.WriteAllBytes(path, [.. "fine\nalso fine\n"u8, .. Encoding.Latin1.GetBytes("Käse\n")]);

        var thrown = Assert.Throws<DataFormatException>(() => SentenceCorpus.Load(path, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(3, thrown.Line);
    }

    [Fact]
    public void Texts_from_memory_are_told_apart()
    {
        string Sha(params TrainingExample[] examples) => new SentenceCorpus("memory", examples).Sha256;

        Assert.Equal(Sha(new TrainingExample("a", "b")), Sha(new TrainingExample("a", "b")));
        Assert.NotEqual(Sha(new TrainingExample("a", "b")), Sha(new TrainingExample("ab", "")));
        Assert.NotEqual(Sha(new TrainingExample("a", "b")), Sha(new TrainingExample("a", "b", "c")));
        Assert.Throws<ArgumentException>(() => Sha(new TrainingExample("a", "b"), new TrainingExample("a", "b", "c")));
    }

    // Numbers as numbers, as data sets are published.
    private async Task WriteParquet(string name, string[] names, string[] values)
    {
        DataField[] fields = [.. names.Zip(values, (column, value) => (DataField)(int.TryParse(value, out _) ? new DataField<int>(column) : new DataField<string>(column)))];
        using var file = File.Create(Path.Combine(_folder, name));
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file);
        using var group = writer.CreateRowGroup();
        foreach (var (field, value) in fields.Zip(values))
        {
            await (field.ClrType == typeof(int)
                ? group.WriteAsync<int>(field, new[] { int.Parse(value, CultureInfo.InvariantCulture) }.AsMemory())
                : group.WriteAsync(field, new[] { value }));
        }
    }

    private SentenceCorpus Load(string name, string content, TextFileOptions? options = null)
    {
        File.WriteAllText(Path.Combine(_folder, name), content);
        return SentenceCorpus.Load(Path.Combine(_folder, name), options, TestContext.Current.CancellationToken);
    }
}
