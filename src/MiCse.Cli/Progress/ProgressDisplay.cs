using MiCse.Cli.Terminal;

namespace MiCse.Cli.Progress;

/// <summary>Shows how far long work is, on the error stream only: a bar for people, now and then a line for log files.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs the work and shows its progress.</summary>
    /// <param name="streams">Where to show it.</param>
    /// <param name="title">What is being done, in a word or two.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="work">The work; it reports through the argument, from any thread.</param>
    public static T Run<T>(StandardStreams streams, string title, string unit, Func<IProgress<WorkProgress>, T> work) =>
        streams.ErrorIsTerminal
            ? ProgressBar.Run(streams.ErrorTerminal, VisibleText.Of(title), unit, work)
            : work(new ProgressLines(streams.Error, title, unit, streams.Time));
}
