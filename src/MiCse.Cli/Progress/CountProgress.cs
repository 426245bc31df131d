namespace MiCse.Cli.Progress;

/// <summary>Work that only counts what it has done; the total is there when the command knows it.</summary>
internal sealed class CountProgress(IProgress<WorkProgress> progress, long? total = null) : IProgress<long>
{
    /// <inheritdoc/>
    public void Report(long value) => progress.Report(new WorkProgress(value, total));
}
