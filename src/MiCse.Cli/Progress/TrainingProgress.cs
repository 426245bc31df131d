using System.Globalization;
using MiCse.Training.Contrastive;

namespace MiCse.Cli.Progress;

/// <summary>Training steps as progress: the loss and its parts, speed, the last evaluation, and where the best weights so far are.</summary>
internal sealed class TrainingProgress(IProgress<WorkProgress> progress) : IProgress<TrainingEvent>
{
    private string _scores = "";
    private TrainingEvent? _best;

    /// <summary>What the user should read when the progress is no longer drawn; null for nothing.</summary>
    public string? Warning { get; private set; }

    /// <inheritdoc/>
    public void Report(TrainingEvent value)
    {
        var culture = CultureInfo.InvariantCulture;
        Warning ??= value.Warning;
        _best = value.IsBest ? value : _best;
        if (value.Score is not null || value.HeldOut is not null)
        {
            var best = _best?.Score is { } score ? string.Create(culture, $" {score:0.0000}") : "";
            _scores = Measures(value) + (_best is null ? "" : string.Create(culture, $" (best{best} at step {_best.Step})"));
        }

        var ami = value.AttentionMutualInformation is { } information ? string.Create(culture, $", ami {information:0.0000}") : "";
        progress.Report(new WorkProgress(value.Step, value.Steps, string.Create(culture, $"loss {value.Loss:0.0000}{ami}{_scores}"))
        {
            Rate = string.Create(culture, $"{value.TokensPerSecond:N0} tokens/s"),
            TimeLeft = value.TimeLeft,
        });
    }

    private static string Measures(TrainingEvent value) =>
        (value.Score is { } score ? string.Create(CultureInfo.InvariantCulture, $", score {score:0.0000}") : "")
        + (value.HeldOut is { } heldOut
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", held out: loss {heldOut.Loss:0.0000}, ami {heldOut.AttentionMutualInformation:0.0000}, alignment {heldOut.Alignment:0.000}, uniformity {heldOut.Uniformity:0.000}")
            : "");
}
