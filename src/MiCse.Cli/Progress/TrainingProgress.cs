using System.Globalization;
using MiCse.Training;

namespace MiCse.Cli.Progress;

/// <summary>Training steps as progress: the loss and its parts, speed, and the best score so far.</summary>
internal sealed class TrainingProgress(IProgress<WorkProgress> progress) : IProgress<TrainingEvent>
{
    private string _scores = "";
    private (int Step, double Score)? _best;

    /// <inheritdoc/>
    public void Report(TrainingEvent value)
    {
        var culture = CultureInfo.InvariantCulture;
        if (value.Score is { } score)
        {
            _best = value.IsBest ? (value.Step, score) : _best;
            _scores = string.Create(culture, $", score {score:0.0000}")
                + (_best is { } best ? string.Create(culture, $" (best {best.Score:0.0000} at step {best.Step})") : "");
        }

        var ami = value.AttentionMutualInformation is { } information ? string.Create(culture, $", ami {information:0.0000}") : "";
        progress.Report(new WorkProgress(value.Step, value.Steps, string.Create(culture, $"loss {value.Loss:0.0000}{ami}{_scores}"))
        {
            Rate = string.Create(culture, $"{value.TokensPerSecond:N0} tokens/s"),
            TimeLeft = value.TimeLeft,
        });
    }
}
