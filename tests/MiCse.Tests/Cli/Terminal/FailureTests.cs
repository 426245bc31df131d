using MiCse.Cli.Terminal;

namespace MiCse.Tests.Cli.Terminal;

public class FailureTests
{
    [Fact]
    public void Wrong_usage_ends_with_2() => Assert.Equal((2, "micse: --k: not so.\n"), Report(new UsageException("--k: not so.")));

    [Fact]
    public void An_index_out_of_range_is_no_wrong_usage()
    {
        var (exitCode, error) = Report(new ArgumentOutOfRangeException("index"));

        Assert.Equal(1, exitCode);
        Assert.StartsWith("micse: unexpected ArgumentOutOfRangeException: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_is_any_other_argument_within_the_program() => Assert.Equal(1, Report(new ArgumentException("x")).ExitCode);

    private static (int ExitCode, string Error) Report(Exception exception)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var streams = new StandardStreams(Stream.Null, Stream.Null, error);
        return (Failure.Report(exception, streams, verbose: false, CancellationToken.None), error.ToString());
    }
}
