namespace MiCse.Evaluation.Classification;

/// <summary>One part of a cross-validation: what is learnt from and what is predicted.</summary>
/// <param name="Training">Rows, ascending.</param>
/// <param name="Test">The other rows, ascending.</param>
internal sealed record Fold(int[] Training, int[] Test);
