using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;

namespace MiCse.Tests.Cli.Progress;

public class ProgressLinesTests
{
    [Fact]
    public void Writes_a_line_every_five_seconds_and_none_for_short_work()
    {
        var time = new ManualTime();
        using var writer = new StringWriter { NewLine = "\n" };
        var lines = new ProgressLines(writer, "encoding", "texts", time);

        for (var done = 1; done <= 12; done++)
        {
            time.Elapsed += TimeSpan.FromSeconds(1);
            lines.Report(new WorkProgress(done * 10, 200));
        }

        Assert.Equal(
            """
            encoding: 50 of 200 texts, 10 texts/s, 0:15 left
            encoding: 100 of 200 texts, 10 texts/s, 0:10 left

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void Work_returns_its_result_and_its_exception_passes_under_a_bar()
    {
        var streams = new StandardStreams(Stream.Null, Stream.Null, new StringWriter()) { ErrorIsTerminal = true };

        var result = ProgressDisplay.Run(streams, "encoding", "texts", progress =>
        {
            progress.Report(new WorkProgress(1, 2));
            progress.Report(new WorkProgress(2, 2, "done [really]"));
            return 42;
        });

        Assert.Equal(42, result);
        Assert.Throws<IOException>(() => ProgressDisplay.Run<int>(streams, "encoding", "texts", _ => throw new IOException()));
    }

    private sealed class ManualTime : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
