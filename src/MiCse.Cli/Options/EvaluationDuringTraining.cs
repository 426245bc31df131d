using System.CommandLine;
using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;
using MiCse.Files;
using MiCse.Training;

namespace MiCse.Cli.Options;

/// <summary>The labelled data that a model is scored on while it is trained.</summary>
internal sealed class EvaluationDuringTraining
{
    private readonly Option<string> _tasks = new("--tasks", "--eval-task")
    {
        Description = "SentEval tasks, separated by commas, whose development sets give the score (their mean).",
        HelpName = "TASKS",
        DefaultValueFactory = _ => "STSBenchmark",
    };

    /// <param name="meaning">What the score is for, as the rest of a sentence.</param>
    public EvaluationDuringTraining(string meaning) => Data = new Option<string?>("--eval-data")
    {
        Description = $"SentEval's downstream folder: the model is scored during training{meaning}.",
        HelpName = "FOLDER",
    };

    /// <summary>SentEval's folder.</summary>
    public Option<string?> Data { get; }

    /// <summary>All of them, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [Data, _tasks];

    /// <summary>The evaluation, or null when none is asked for.</summary>
    /// <exception cref="DataFormatException">A task's files are missing.</exception>
    public TrainingEvaluation? Create(ParseResult arguments)
    {
        if (arguments.GetValue(Data) is not { } folder)
        {
            return null;
        }

        var tasks = TaskNames.Select(_tasks, EvaluationSplit.Dev, arguments);
        var evaluator = new Evaluator(folder, tasks, new EvaluatorOptions { Split = EvaluationSplit.Dev, BootstrapSamples = 0 });
        return evaluator.Missing is [var missing, ..]
            ? throw new DataFormatException(folder, null, $"{missing.Name} cannot be evaluated: there is no {missing.File}.")
            : (encode, token) => evaluator.Evaluate((texts, _) => encode(texts), null, token).Tasks.Average(task => task.Score);
    }
}
