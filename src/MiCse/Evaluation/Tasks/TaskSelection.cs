using System.Collections;

namespace MiCse.Evaluation.Tasks;

/// <summary>Tasks with the split that they were selected for. Immutable.</summary>
internal sealed class TaskSelection : IReadOnlyList<EvaluationTask>
{
    private readonly EvaluationTask[] _tasks;

    internal TaskSelection(EvaluationTask[] tasks, EvaluationSplit split)
    {
        _tasks = tasks;
        Split = split;
    }

    /// <summary>The split.</summary>
    public EvaluationSplit Split { get; }

    /// <summary>Number of tasks.</summary>
    public int Count => _tasks.Length;

    /// <summary>A task.</summary>
    public EvaluationTask this[int index] => _tasks[index];

    /// <summary>The tasks in their order.</summary>
    public IEnumerator<EvaluationTask> GetEnumerator() => ((IEnumerable<EvaluationTask>)_tasks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
