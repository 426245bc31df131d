namespace MiCse.Cli.Progress;

/// <summary>How far the encoding of texts is.</summary>
internal sealed class TextProgress(IProgress<WorkProgress> progress) : IProgress<EncodeProgress>
{
    /// <inheritdoc/>
    public void Report(EncodeProgress value) => progress.Report(new WorkProgress(value.TextsDone, value.TextsTotal));
}
