namespace MiCse.Evaluation;

/// <summary>One source of a task's sentences, such as STS12's MSRpar.</summary>
/// <param name="Name">Its name in SentEval's files, or the split for tasks of one piece.</param>
/// <param name="Pairs">The pairs that have a gold score, in file order.</param>
public sealed record StsSubset(string Name, IReadOnlyList<StsPair> Pairs);
