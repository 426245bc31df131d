using MiCse.Inference;

namespace MiCse.Cli.Progress;

/// <summary>The progress of one encoding among several: texts that were encoded before it are added.</summary>
internal sealed class EncodingProgress : IProgress<EncodeProgress>
{
    private readonly IProgress<WorkProgress>? _progress;
    private readonly long _before;
    private readonly long? _total;

    private EncodingProgress(IProgress<WorkProgress>? progress, long before, long? total)
    {
        _progress = progress;
        _before = before;
        _total = total;
    }

    /// <summary>What was encoded so far, and what it took.</summary>
    public EncodeProgress Done { get; private set; }

    /// <summary>Follows an encoding.</summary>
    /// <param name="progress">Who watches; null for nobody.</param>
    /// <param name="before">Texts encoded before.</param>
    /// <param name="total">Texts in all; null when nobody knows.</param>
    public static EncodingProgress After(IProgress<WorkProgress>? progress, long before, long? total) => new(progress, before, total);

    /// <inheritdoc/>
    public void Report(EncodeProgress value)
    {
        Done = value;
        _progress?.Report(new WorkProgress(_before + value.TextsDone, _total));
    }
}
