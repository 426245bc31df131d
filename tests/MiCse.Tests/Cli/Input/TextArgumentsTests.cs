using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Input;

public sealed class TextArgumentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public TextArgumentsTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        Write("a.txt", "the dog\nwinter\n");
        Write("b.txt", "snow\n");
        Write("more/c.txt", "a man\n");
        Write("more/deep/d.txt", "a guitar\n");
        Write("more/.hidden.txt", "not this\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("the dog|winter|snow", "a.txt", "b.txt")]
    [InlineData("snow|the dog|winter", "b.txt", "a.txt")]
    [InlineData("the dog|winter|snow", "*.txt")]
    [InlineData("the dog|winter|snow", "?.txt")]
    [InlineData("a man", "mor*/*.txt")]
    [InlineData("a man|a guitar", "more/**/*.txt")]
    [InlineData("the dog|winter|snow|a man", "*.txt", "more/c.txt")]
    [InlineData("snow|typed", "b.txt", "-")]
    public void Several_files_are_read_one_after_the_other(string texts, params string[] files) =>
        Assert.Equal(texts.Split('|'), Texts([.. files.Select(file => file == "-" ? file : _folder.File(file))]));

    [Theory]
    [InlineData(1, "the dog")]
    [InlineData(3, "the dog|winter|snow")]
    [InlineData(9, "the dog|winter|snow")]
    public void A_limit_counts_texts_of_all_files(int limit, string texts) =>
        Assert.Equal(texts.Split('|'), Texts(_folder.File("a.txt"), _folder.File("b.txt"), "--limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Nothing_that_matches_is_one_sentence()
    {
        var run = CommandRun.Of("tokenize", _folder.File("*.csv"), "--model", _model);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"micse: {_folder.File("*.csv")}: there is no file whose name matches.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void A_fault_is_named_with_its_own_file()
    {
        Write("one.csv", "text,id\nthe dog,1\n");
        Write("two.csv", "text,id\nwinter,1\n");

        var run = CommandRun.Of("index", _folder.File("one.csv"), _folder.File("two.csv"), "--id-column", "id", "--model", _model, "-o", _folder.File("index"));

        Assert.Equal(
            $"micse: {_folder.File("two.csv")}, line 2: has the id '1', as line 2 of {_folder.File("one.csv")} has; ids must differ.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void Quiet_leaves_remarks_out_and_errors_in()
    {
        Assert.NotEmpty(CommandRun.Of("tokenize", _folder.File("a.txt"), "--model", _model, "--max-tokens", "3").Error);

        var run = CommandRun.Of("tokenize", _folder.File("a.txt"), "--model", _model, "--max-tokens", "3", "--quiet");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.NotEmpty(run.Output);
        Assert.Single(CommandRun.Of("tokenize", _folder.File("nothing.txt"), "--model", _model, "-q").ErrorLines);
    }

    private IEnumerable<string?> Texts(params string[] arguments) =>
        CommandRun.With("typed\n", CancellationToken.None, ["tokenize", .. arguments, "--model", _model]).JsonLines.Select(line => line.GetProperty("text").GetString());

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), content);
    }
}
