namespace MiCse.Training;

/// <summary>One evaluation during a training.</summary>
/// <param name="Step">After this many steps.</param>
/// <param name="Score">What the evaluation returned; higher is better.</param>
public sealed record TrainingScore(int Step, double Score);
