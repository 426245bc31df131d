using System.IO.Compression;
using System.Text;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class VocabularyCommandTests : IDisposable
{
    private const string Texts = "Hug hug hug, hug\npug hugs PUG hugs\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_tokenizer_files_that_the_other_commands_take()
    {
        var texts = _folder.File("texts.txt.gz");
        using (var file = new GZipStream(File.Create(texts), CompressionMode.Compress))
        {
            file.Write(Encoding.UTF8.GetBytes(Texts));
        }

        var output = _folder.File("tokenizer");

        var run = CommandRun.Of("vocabulary", texts, "--size", "17", "-o", output, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal("""{"size":17,"coverage":1,"wholeWords":0.7777777777777778,"piecesPerWord":1.2222222222222223}""", run.Output.TrimEnd());
        Assert.Equal(
            ["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"],
            Directory.GetFiles(output).Select(Path.GetFileName).Order());
        Assert.Equal("pug", File.ReadLines(Path.Combine(output, "vocab.txt")).Last());
        var tokenized = CommandRun.With("Hugs, pug", CancellationToken.None, "tokenize", "--tokenizer", output);
        Assert.Equal("""{"text":"Hugs, pug","ids":[2,15,12,5,16,3]}""", tokenized.Output.TrimEnd());
        Assert.Equal(0, CommandRun.Of("init", "--tokenizer", output, "--layers", "1", "--hidden", "8", "--heads", "1", "-o", _folder.File("model")).ExitCode);
    }

    [Fact]
    public void People_get_a_table_and_a_remark_when_the_text_is_too_small()
    {
        var run = CommandRun.With(Texts, CancellationToken.None, "vocabulary", "--size", "1000", "-o", _folder.File("tokenizer"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["size 18", "words in the texts 9", "- without [UNK] 100.00 %", "- in one piece 100.00 %", "pieces per word 1.000", $"tokenizer {_folder.File("tokenizer")}"],
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Equal(
            "micse: the vocabulary has 18 pieces instead of 1,000: no other two occur 2 times next to each other.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void Options_reach_the_trainer()
    {
        var run = CommandRun.With(
            "Été Été a b\n", CancellationToken.None, "vocabulary", "--size", "12", "--cased", "--max-characters", "3", "--min-frequency", "3", "-o", _folder.File("tokenizer"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["t", "É", "é", "##t", "##é"], File.ReadLines(Path.Combine(_folder.File("tokenizer"), "vocab.txt")).Skip(5));
    }

    [Theory]
    [InlineData("", 1000, "standard input: has no words")]
    [InlineData(Texts, 13, "standard input: a vocabulary of 13 is too small for its characters; ask for at least 14 ")]
    public void A_text_that_makes_no_vocabulary_is_one_sentence_and_leaves_nothing(string texts, int size, string sentence)
    {
        var run = CommandRun.With(texts, CancellationToken.None, "vocabulary", "--size", $"{size}", "-o", _folder.File("tokenizer"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(sentence, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Invalid_utf_8_is_refused_with_its_line()
    {
        File.WriteAllBytes(_folder.File("texts.txt"), [(byte)'a', (byte)'\n', 0xFF, (byte)'\n']);

        var run = CommandRun.Of("vocabulary", _folder.File("texts.txt"), "--size", "100", "-o", _folder.File("tokenizer"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("texts.txt, line 2: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal([_folder.File("texts.txt")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_with_files_in_it_is_left_alone()
    {
        File.WriteAllText(_folder.File("mine.txt"), Texts);

        var run = CommandRun.Of("vocabulary", _folder.File("mine.txt"), "--size", "17", "-o", _folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has files in it already", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal([_folder.File("mine.txt")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Cancelling_ends_with_130_and_leaves_nothing()
    {
        var run = CommandRun.With(Texts, new CancellationToken(canceled: true), "vocabulary", "--size", "17", "-o", _folder.File("tokenizer"));

        Assert.Equal(130, run.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void The_size_is_required()
    {
        var run = CommandRun.With(Texts, CancellationToken.None, "vocabulary", "-o", _folder.File("tokenizer"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--size", run.Error, StringComparison.Ordinal);
    }
}
