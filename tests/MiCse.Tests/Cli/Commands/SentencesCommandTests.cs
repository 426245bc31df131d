using System.IO.Compression;
using MiCse.Data.Corpora;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class SentencesCommandTests : IDisposable
{
    private const string Paragraphs =
        "Dr. Smith lived in the U.S. for years. He was (as always late.\n" +
        "Early life\n" +
        "Dr. SMITH lived in the U.S. for Years. He moved to Paris in 1990.\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_that_is_read_is_not_written_over()
    {
        var file = _folder.File("in.txt");
        File.WriteAllText(file, Paragraphs);

        var run = CommandRun.Of("sentences", file, "-o", Path.Combine(_folder.File("x"), "..", "in.txt"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("in.txt is a file that is read; name another.", run.Error, StringComparison.Ordinal);
        Assert.Equal(Paragraphs, File.ReadAllText(file));
    }

    [Fact]
    public void Json_counts_what_was_kept_and_dropped()
    {
        var output = _folder.File("out.txt.gz");

        var run = CommandRun.With(Paragraphs, CancellationToken.None, "sentences", "-o", output, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(output), CompressionMode.Decompress));
        Assert.Equal("Dr. Smith lived in the U.S. for years.\nHe moved to Paris in 1990.\n", reader.ReadToEnd());
        Assert.Equal(3, run.Json.GetProperty("texts").GetInt64());
        Assert.Equal(5, run.Json.GetProperty("sentences").GetInt64());
        Assert.Equal(2, run.Json.GetProperty("kept").GetInt64());
        var dropped = run.Json.GetProperty("dropped").EnumerateObject().ToDictionary(fault => fault.Name, fault => fault.Value.GetInt64());
        Assert.Equal(Enum.GetValues<SentenceFault>().Length, dropped.Count);
        Assert.Equal((1, 1, 1, 3), (dropped["brackets"], dropped["tooShort"], dropped["duplicate"], dropped.Values.Sum()));
    }

    [Fact]
    public void The_table_names_only_faults_that_occurred()
    {
        File.WriteAllText(_folder.File("in.csv"), "title,body\nx,\"He moved to Paris in 1990. Why not?\"\n");

        var run = CommandRun.Of("sentences", _folder.File("in.csv"), "--column", "body", "--min-words", "6", "-o", _folder.File("out.txt"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["texts 1", "sentences 2", "- too short 1 50.0 %", "kept 1 50.0 %"],
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Theory]
    [InlineData("--min-words", "0")]
    [InlineData("--max-words", "4")]
    public void Limits_that_nothing_can_meet_are_wrong_usage(string option, string value) =>
        Assert.Equal(2, CommandRun.With(Paragraphs, CancellationToken.None, "sentences", "-o", _folder.File("out.txt"), option, value).ExitCode);

    [Fact]
    public void Another_ending_is_one_sentence()
    {
        var run = CommandRun.With(Paragraphs, CancellationToken.None, "sentences", "-o", _folder.File("out.jsonl"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(".txt.zst", run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
