namespace MiCse.Evaluation;

/// <summary>A task that could not be scored because a file is not there.</summary>
/// <param name="Name">The task.</param>
/// <param name="File">The first file that is missing, relative to the evaluation folder.</param>
public sealed record MissingTask(string Name, string File);
