using MiCse.Evaluation.Tasks;

namespace MiCse.Evaluation;

/// <summary>One task's part of a run.</summary>
/// <param name="Task">The task.</param>
/// <param name="NewSentences">The sentences that no task before it has; by length, so that a batch needs little padding.</param>
/// <param name="LastUsed">The sentences that no task after it has.</param>
internal sealed record EvaluationStage(LoadedTask Task, IReadOnlyList<string> NewSentences, IReadOnlyList<string> LastUsed)
{
    /// <summary>The stages of a run.</summary>
    public static IReadOnlyList<EvaluationStage> Plan(IReadOnlyList<LoadedTask> tasks)
    {
        string[][] sentences = [.. tasks.Select(task => task.Sentences.Distinct(StringComparer.Ordinal).ToArray())];
        var uses = new Dictionary<string, (int First, int Last)>(StringComparer.Ordinal);
        for (var task = 0; task < tasks.Count; task++)
        {
            foreach (var sentence in sentences[task])
            {
                uses[sentence] = uses.TryGetValue(sentence, out var use) ? (use.First, task) : (task, task);
            }
        }

        return [.. tasks.Select((task, index) => new EvaluationStage(
            task,
            [.. sentences[index].Where(sentence => uses[sentence].First == index).OrderBy(sentence => sentence.Length)],
            [.. sentences[index].Where(sentence => uses[sentence].Last == index)]))];
    }
}
