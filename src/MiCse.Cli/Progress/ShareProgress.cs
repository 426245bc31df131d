namespace MiCse.Cli.Progress;

/// <summary>Work that reports the share that is done, 0 to 1, as a number of units.</summary>
internal sealed class ShareProgress(IProgress<WorkProgress> progress, double total) : IProgress<double>
{
    /// <inheritdoc/>
    public void Report(double value) => progress.Report(new WorkProgress(Math.Floor(value * total), total));
}
