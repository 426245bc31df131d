namespace MiCse.Cli.Progress;

/// <summary>Work that only counts what it has done, because nobody knows how much there is.</summary>
internal sealed class CountProgress(IProgress<WorkProgress> progress) : IProgress<long>
{
    /// <inheritdoc/>
    public void Report(long value) => progress.Report(new WorkProgress(value));
}
