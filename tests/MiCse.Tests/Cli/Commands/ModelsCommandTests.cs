using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_cache_and_what_came_along_are_listed()
    {
        var whole = TinyModel.Write(_folder.File("home/hub/models--org--tiny/snapshots/0123456789abcdef"));
        Directory.CreateDirectory(_folder.File("home/hub/models--org--cut/snapshots/ffff"));
        Directory.CreateDirectory(_folder.File("home/hub/datasets--org--texts/snapshots/eeee"));

        var models = Run("--json").Json.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("name").GetString()!);

        Assert.Equal(["micse-small-en", "org/cut", "org/tiny"], models.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("0123456789abcdef", models["org/tiny"].GetProperty("commit").GetString());
        Assert.True(models["org/tiny"].GetProperty("complete").GetBoolean());
        Assert.Equal(Directory.GetFiles(whole).Sum(file => new FileInfo(file).Length), models["org/tiny"].GetProperty("bytes").GetInt64());
        Assert.False(models["org/cut"].GetProperty("complete").GetBoolean());
    }

    [Fact]
    public void People_get_a_table()
    {
        Directory.CreateDirectory(_folder.File("home/hub/models--org--cut/snapshots/ffff"));

        var run = Run();

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("ffff, incomplete", run.Output, StringComparison.Ordinal);
        Assert.Contains("built in", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_that_is_not_there_is_empty() => Assert.Equal(1, Run("--json").Json.GetProperty("models").GetArrayLength());

    private CommandRun Run(params string[] arguments) => CommandRun.Within(name => name == "HF_HOME" ? _folder.File("home") : null, ["models", .. arguments]);
}
