using System.Globalization;
using MiCse.Training.Pretraining;

namespace MiCse.Cli.Progress;

/// <summary>Pretraining steps as progress: the loss, the last evaluation, padding and speed.</summary>
internal sealed class PretrainingProgress(IProgress<WorkProgress> progress) : IProgress<PretrainingEvent>
{
    private string _score = "";

    /// <summary>What the user should read when the progress is no longer drawn; null for nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>The mean rate of this run; null when it had no step left to take.</summary>
    public double? TokensPerSecond { get; private set; }

    /// <inheritdoc/>
    public void Report(PretrainingEvent value)
    {
        var culture = CultureInfo.InvariantCulture;
        Warning ??= value.Warning;
        TokensPerSecond = value.TokensPerSecond;
        if (value.Score is { } score)
        {
            _score = (score.HeldOutLoss is { } loss ? string.Create(culture, $", held out: loss {loss:0.0000}, perplexity {score.Perplexity:0.0}") : "")
                + (score.Score is { } task ? string.Create(culture, $", score {task:0.0000}") : "");
        }

        progress.Report(new WorkProgress(
            value.Step, value.Steps, string.Create(culture, $"loss {value.Loss:0.0000}{_score}, {value.PaddingShare:0.0 %} padding"))
        {
            Rate = string.Create(culture, $"{value.TokensPerSecond:N0} tokens/s"),
            TimeLeft = value.TimeLeft,
        });
    }
}
