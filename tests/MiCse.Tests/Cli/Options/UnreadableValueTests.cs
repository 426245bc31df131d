namespace MiCse.Tests.Cli.Options;

/// <summary>A value that cannot be read is one sentence and wrong usage, also where other checks look at the same option.</summary>
public sealed class UnreadableValueTests
{
    [Theory]
    [InlineData("encode", "x.txt", "--shards", "0", "-o", "parts")]
    [InlineData("encode", "x.txt", "--shards", "x", "-o", "parts")]
    [InlineData("encode", "x.txt", "--shards", "2", "--shard", "-1", "-o", "parts")]
    [InlineData("index", "compact", "index", "--approximate", "--cells", "x")]
    public void It_is_wrong_usage(params string[] arguments)
    {
        var run = CommandRun.Of(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Matches("^micse [a-z ]+: --(shards|shard|cells): expected a whole number", run.Error);
        Assert.DoesNotContain("Exception", run.Error, StringComparison.Ordinal);
    }
}
