using MiCse.Inference;

namespace MiCse.Cli.Progress;

/// <summary>The progress of one encoding among several: texts that were encoded before it are added.</summary>
/// <param name="progress">The display; null when nothing is displayed.</param>
/// <param name="total">Texts in all; null when that is unknown.</param>
/// <param name="before">Texts encoded before.</param>
internal sealed class EncodingProgress(IProgress<WorkProgress>? progress, long? total, long before = 0) : IProgress<EncodeProgress>
{
    /// <summary>What was encoded so far, and what it took.</summary>
    public EncodeProgress Done { get; private set; }

    /// <inheritdoc/>
    public void Report(EncodeProgress value)
    {
        Done = value;
        progress?.Report(new WorkProgress(before + value.TextsDone, total));
    }
}
