using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Evaluation.Tasks;

namespace MiCse.Cli.Options;

/// <summary>"STS12,STS-B" → tasks.</summary>
internal static class TaskNames
{
    /// <summary>The names an option gives.</summary>
    /// <exception cref="UsageException">There is no name.</exception>
    public static string[] Parse(Option<string> option, ParseResult arguments)
    {
        var text = arguments.GetRequiredValue(option);
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0 ? names : throw new UsageException($"{option.Name}: '{text}' names no task.");
    }

    /// <summary>The tasks an option names.</summary>
    /// <exception cref="UsageException">There is no name, or one that no task has.</exception>
    public static IReadOnlyList<EvaluationTask> Select(Option<string> option, EvaluationSplit split, ParseResult arguments)
    {
        var names = Parse(option, arguments);
        return OptionValues.Read(option.Name, () => EvaluationTask.Select(names, split));
    }
}
