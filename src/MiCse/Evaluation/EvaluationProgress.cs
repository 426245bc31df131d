namespace MiCse.Evaluation;

/// <summary>How far an evaluation is.</summary>
/// <param name="SentencesDone">Distinct sentences encoded so far.</param>
/// <param name="SentencesTotal">Distinct sentences in all.</param>
/// <param name="Scoring">The task that is being scored now; null while sentences are encoded.</param>
public readonly record struct EvaluationProgress(int SentencesDone, int SentencesTotal, string? Scoring);
