namespace MiCse.Evaluation;

/// <summary>How far an evaluation is.</summary>
/// <param name="SentencesDone">Distinct sentences encoded so far.</param>
/// <param name="SentencesTotal">Distinct sentences in all.</param>
public readonly record struct EvaluationProgress(int SentencesDone, int SentencesTotal);
