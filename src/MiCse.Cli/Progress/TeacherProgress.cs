using MiCse.Inference;

namespace MiCse.Cli.Progress;

/// <summary>The encoding of all texts by a teacher as progress.</summary>
internal sealed class TeacherProgress(IProgress<WorkProgress> progress) : IProgress<EncodeProgress>
{
    /// <inheritdoc/>
    public void Report(EncodeProgress value) => progress.Report(new WorkProgress(value.TextsDone, value.TextsTotal));
}
