using MiCse.Training.Optimization;

namespace MiCse.Training.Loop;

/// <summary>Everything that is out of range in some options, so that one message lists it all.</summary>
/// <param name="what">The options, as a message calls them.</param>
internal sealed class OptionProblems(string what)
{
    private readonly List<string> _problems = [];

    /// <summary>Adds a problem unless a condition holds.</summary>
    public void Require(bool holds, FormattableString problem)
    {
        if (!holds)
        {
            _problems.Add(FormattableString.Invariant(problem));
        }
    }

    /// <summary>Checks what every kind of training has; null is a default that depends on model or data.</summary>
    public void RequireLoop(
        int epochs,
        int? steps,
        double learningRate,
        int? warmupSteps,
        LearningRateSchedule schedule,
        double weightDecay,
        double maxGradientNorm,
        int? maxTokens,
        double? hiddenDropout,
        double? attentionDropout,
        int evaluateEvery,
        int saveEvery,
        int? threads,
        int slices)
    {
        Require(steps is not null || epochs > 0, $"epochs is {epochs} and must be at least 1");
        Require(steps is null or > 0, $"steps is {steps} and must be at least 1");
        Require(learningRate > 0 && double.IsFinite(learningRate), $"learning rate is {learningRate} and must be more than 0");
        Require(warmupSteps is null or >= 0, $"warm-up steps is {warmupSteps} and must be 0 or more");
        Require(Enum.IsDefined(schedule), $"schedule is {schedule} and must be one of {string.Join(", ", Enum.GetNames<LearningRateSchedule>())}");
        Require(weightDecay >= 0 && double.IsFinite(weightDecay), $"weight decay is {weightDecay} and must be 0 or more");
        Require(maxGradientNorm > 0, $"maximum gradient norm is {maxGradientNorm} and must be more than 0");
        Require(maxTokens is null or >= 3, $"maximum tokens is {maxTokens} and must be at least 3: two special tokens and one of the text");
        Require(hiddenDropout is null or >= 0 and < 1, $"hidden dropout is {hiddenDropout} and must be at least 0 and below 1");
        Require(attentionDropout is null or >= 0 and < 1, $"attention dropout is {attentionDropout} and must be at least 0 and below 1");
        Require(evaluateEvery > 0, $"evaluate every is {evaluateEvery} and must be at least 1");
        Require(saveEvery > 0, $"save every is {saveEvery} and must be at least 1");
        Require(slices > 0, $"slices is {slices} and must be at least 1");
        Require(threads is null or > 0, $"threads is {threads} and must be at least 1");
    }

    /// <summary>Checks that a full batch has an example for each slice; the last batch of an epoch may have fewer.</summary>
    public void RequireFilledSlices(int slices, int batchSize) =>
        Require(slices <= batchSize || batchSize < 1, $"slices is {slices} and batch size is {batchSize}: some slices would be empty in every batch, so take no more slices than a batch has examples");

    /// <exception cref="ArgumentException">Lists the problems, if there are any.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new ArgumentException($"The {what} cannot be used: {string.Join("; ", _problems)}.");
        }
    }
}
