using MiCse.Cli.Options;
using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Options;

public sealed class OutputOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _texts;

    public OutputOptionTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        _texts = _folder.File("texts.txt");
        File.WriteAllText(_texts, "the dog\nwinter\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("encode", "out.npy")]
    [InlineData("index", "out")]
    [InlineData("cluster", "out.csv")]
    [InlineData("map", "out.html")]
    [InlineData("split", "out")]
    [InlineData("sentences", "out.txt")]
    [InlineData("vocabulary", "out")]
    public void Folders_that_a_typing_error_names_are_not_made(string command, string file)
    {
        var output = _folder.File("missing/deeper/" + file);
        string[] more = command switch
        {
            "vocabulary" => ["--size", "30"],
            "split" or "sentences" => [],
            _ => ["--model", _model],
        };

        var run = CommandRun.Of([command, _texts, "-o", output, .. more]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"micse: {output}: cannot be written, there is no folder {_folder.File("missing/deeper")}; make it first.", Assert.Single(run.ErrorLines));
        Assert.False(Directory.Exists(_folder.File("missing")));
    }

    [Fact]
    public void The_second_of_two_commands_for_one_folder_hears_so_before_its_work()
    {
        using var first = OutputLock.Acquire(_folder.File("index"));

        // A model that is not there shows that it was not looked for.
        var run = CommandRun.Of("index", _texts, "-o", _folder.File("index"), "--model", _folder.File("nowhere"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"micse: {_folder.File("index")}: another command is writing this folder; wait until it is done, or name another folder.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void A_lock_goes_with_its_command_and_what_a_killed_one_left_keeps_nobody_out()
    {
        File.WriteAllText(_folder.File(".index.lock"), "");

        var run = CommandRun.Of("index", _texts, "-o", _folder.File("index") + "/", "--model", _model);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["index", "model", "texts.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }
}
