using System.Globalization;
using MiCse.Training.Contrastive;

namespace MiCse.Cli.Progress;

/// <summary>Training steps as progress: the loss and its parts, speed, the last evaluation, and where the best weights so far are.</summary>
internal sealed class TrainingProgress(IProgress<WorkProgress> progress) : IProgress<TrainingEvent>
{
    // A loss of nats below this in all of the first steps: every text is told from the others already, and gradients are next to nothing.
    private const double NothingToLearn = 0.001;
    private const int FirstSteps = 20;
    private const int FewestSteps = 5;

    private string _scores = "";
    private double _largestLoss;
    private int _counted;
    private TrainingEvent? _best;

    /// <summary>What the user should read when the progress is no longer drawn; null for nothing.</summary>
    public string? Warning { get; private set; }

    /// <inheritdoc/>
    public void Report(TrainingEvent value)
    {
        var culture = CultureInfo.InvariantCulture;
        Warning ??= value.Warning ?? WarnOfNothing(value);
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

    /// <summary>A sentence when there is hardly anything to learn: once, after the first steps of this run.</summary>
    private string? WarnOfNothing(TrainingEvent value)
    {
        _largestLoss = Math.Max(_largestLoss, value.ContrastiveLoss);
        var isTime = ++_counted == FirstSteps || (value.Step == value.Steps && _counted is >= FewestSteps and < FirstSteps);
        return isTime && _largestLoss < NothingToLearn
            ? string.Create(CultureInfo.InvariantCulture, $"There is hardly anything to learn: the contrastive loss was at most {_largestLoss:0.00000} in the first {_counted} steps, ")
                + "because the model tells every text from the others of its batch already. Raise --temperature (0.1 or more), --hidden-dropout or --batch-size, "
                + "or train on harder texts: pairs, hard negatives, sentences that are more alike."
            : null;
    }

    private static string Measures(TrainingEvent value) =>
        (value.Score is { } score ? string.Create(CultureInfo.InvariantCulture, $", score {score:0.0000}") : "")
        + (value.HeldOut is { } heldOut
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", held out: loss {heldOut.Loss:0.0000}, ami {heldOut.AttentionMutualInformation:0.0000}, alignment {heldOut.Alignment:0.000}, uniformity {heldOut.Uniformity:0.000}")
            : "");
}
