using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class SplitCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _file;

    public SplitCommandTests()
    {
        _file = _folder.File("wiki.v1.csv");
        File.WriteAllText(_file, "n,sentence\n" + string.Concat(Enumerable.Range(0, 200).Select(number => $"{number},sentence {number}\n")) + "200,\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_lists_the_files_with_sizes_seeds_and_checksums()
    {
        var output = _folder.File("lowshot");

        var run = CommandRun.Of("split", _file, "--column", "sentence", "--sizes", "10,100", "--seeds", "48..50", "-o", output, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(200, run.Json.GetProperty("texts").GetInt64());
        Assert.Equal(1, run.Json.GetProperty("skipped").GetInt64());
        var files = run.Json.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(
            ["wiki_subset_0010_seed48.txt", "wiki_subset_0010_seed49.txt", "wiki_subset_0010_seed50.txt", "wiki_subset_0100_seed48.txt", "wiki_subset_0100_seed49.txt", "wiki_subset_0100_seed50.txt"],
            files.Select(file => file.GetProperty("file").GetString()));
        Assert.Equal([10, 10, 10, 100, 100, 100], files.Select(file => file.GetProperty("size").GetInt32()));
        Assert.Equal([48, 49, 50, 48, 49, 50], files.Select(file => file.GetProperty("seed").GetInt64()));
        Assert.Equal(6, files.Select(file => file.GetProperty("sha256").GetString()).Distinct().Count());
        Assert.All(files, file => Assert.Equal(file.GetProperty("size").GetInt32(), File.ReadLines(Path.Combine(output, file.GetProperty("file").GetString()!)).Count()));
    }

    [Fact]
    public void The_table_lists_the_files_and_names_can_be_chosen()
    {
        var run = CommandRun.With("a\nb\n\n", CancellationToken.None, "split", "--sizes", "2", "--seeds", "1,3..4", "--name", "mine", "-o", _folder.File("lowshot"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(4, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("mine_subset_0002_seed3.txt", run.Output, StringComparison.Ordinal);
        Assert.Contains("drawn from 2 texts; 1 empty", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sizes", "0")]
    [InlineData("--sizes", "64,")]
    [InlineData("--sizes", "3000000000")]
    [InlineData("--seeds", "52..48")]
    [InlineData("--seeds", "1..2..3")]
    [InlineData("--seeds", "-1")]
    [InlineData("--seeds", "0..9223372036854775807")]
    public void Wrong_lists_are_wrong_usage(string option, string value)
    {
        var run = CommandRun.Of("split", _file, "-o", _folder.File("lowshot"), option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{option}: expected", run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_texts_are_one_sentence_and_leave_no_folder()
    {
        var run = CommandRun.Of("split", _file, "--column", "sentence", "-o", _folder.File("lowshot"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"micse: {_file}: has 200 texts, but a split of 10,000 is asked for.", Assert.Single(run.ErrorLines));
        Assert.False(Directory.Exists(_folder.File("lowshot")));
    }
}
