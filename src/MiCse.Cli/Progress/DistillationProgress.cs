using System.Globalization;
using MiCse.Training.Distillation;

namespace MiCse.Cli.Progress;

/// <summary>Steps of a distillation as progress: the loss, the cosine to the teacher, speed, the last evaluation.</summary>
internal sealed class DistillationProgress(IProgress<WorkProgress> progress) : IProgress<DistillationEvent>
{
    private string _scores = "";
    private DistillationEvent? _best;

    /// <summary>What the user should read when the progress is no longer drawn; null for nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>The speed of the training.</summary>
    public double TokensPerSecond { get; private set; }

    /// <inheritdoc/>
    public void Report(DistillationEvent value)
    {
        var culture = CultureInfo.InvariantCulture;
        Warning ??= value.Warning;
        TokensPerSecond = value.TokensPerSecond;
        _best = value.IsBest ? value : _best;
        if (value.Score is { } score)
        {
            _scores = (score.Score is { } number ? string.Create(culture, $", score {number:0.0000}") : "")
                + (score.HeldOutCosine is { } cosine ? string.Create(culture, $", held-out cosine {cosine:0.0000}") : "")
                + (_best is null ? "" : string.Create(culture, $" (best at step {_best.Step})"));
        }

        progress.Report(new WorkProgress(value.Step, value.Steps, string.Create(culture, $"loss {value.Loss:0.0000}, cosine {value.Cosine:0.0000}{_scores}"))
        {
            Rate = string.Create(culture, $"{value.TokensPerSecond:N0} tokens/s"),
            TimeLeft = value.TimeLeft,
        });
    }
}
