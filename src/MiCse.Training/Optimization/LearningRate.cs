namespace MiCse.Training.Optimization;

/// <summary>The learning rate of every step: it rises linearly from 0 during warm-up, then goes as its schedule says. The formulas are transformers'.</summary>
/// <param name="Peak">The rate after warm-up.</param>
/// <param name="Steps">All optimizer steps of the training.</param>
/// <param name="WarmupSteps">How many of them are warm-up.</param>
/// <param name="Schedule">How it goes on after the warm-up.</param>
internal sealed record LearningRate(double Peak, long Steps, long WarmupSteps = 0, LearningRateSchedule Schedule = LearningRateSchedule.Linear)
{
    /// <summary>The rate of one step.</summary>
    /// <param name="step">0 for the first step.</param>
    public double At(long step)
    {
        if (step < WarmupSteps)
        {
            return Peak * step / WarmupSteps;
        }

        var (left, all) = (Math.Max(0, Steps - step), Math.Max(1, Steps - WarmupSteps));
        return Schedule switch
        {
            LearningRateSchedule.Linear => Peak * left / all,
            LearningRateSchedule.Cosine => Peak * (0.5 - 0.5 * Math.Cos(Math.PI * left / all)),
            LearningRateSchedule.Constant => Peak,
            _ => throw new ArgumentOutOfRangeException(nameof(step), Schedule, "No such schedule."),
        };
    }
}
