using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MiCse.Data;
using MiCse.Files;
using MiCse.Training.Batches;

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
        Assert.Equal([new("a", "b", "c")], Load("triples.tsv", "sent0\tsent1\thard_neg\na\tb\tc\n").Examples);
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

    private SentenceCorpus Load(string name, string content, TextFileOptions? options = null)
    {
        File.WriteAllText(Path.Combine(_folder, name), content);
        return SentenceCorpus.Load(Path.Combine(_folder, name), options, TestContext.Current.CancellationToken);
    }
}
