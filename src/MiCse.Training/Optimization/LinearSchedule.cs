namespace MiCse.Training.Optimization;

/// <summary>A learning rate that rises linearly from 0 during warm-up and then falls linearly to 0 at the end.</summary>
/// <param name="Peak">The rate after warm-up.</param>
/// <param name="Steps">All optimizer steps of the training.</param>
/// <param name="WarmupSteps">How many of them are warm-up.</param>
internal sealed record LinearSchedule(double Peak, long Steps, long WarmupSteps = 0)
{
    /// <summary>The rate of one step.</summary>
    /// <param name="step">0 for the first step.</param>
    public double At(long step) =>
        step < WarmupSteps
            ? Peak * step / WarmupSteps
            : Peak * Math.Max(0, Steps - step) / Math.Max(1, Steps - WarmupSteps);
}
