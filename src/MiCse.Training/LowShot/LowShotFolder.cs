using System.Text.Json;
using MiCse.Evaluation.Tasks;
using MiCse.Files;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.Loop;

namespace MiCse.Training.LowShot;

/// <summary>
/// The folder of a study: <c>cells/</c> with a JSON file for every training that is done and one for the model they start from, and
/// <c>models/</c> with the training in progress (or all, when they are kept).
/// </summary>
internal sealed class LowShotFolder
{
    private const string Untrained = "untrained";

    private readonly string _path;
    private readonly string _cells;
    private readonly string _models;

    public LowShotFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _cells = Path.Combine(path, "cells");
        _models = Path.Combine(path, "models");
    }

    /// <summary>Refuses a place where something else is.</summary>
    /// <exception cref="IOException">It is a file, or a folder with files that are not of a study.</exception>
    public void Acquire()
    {
        if (File.Exists(_path))
        {
            throw new IOException($"{_path}: is a file; name a folder for the study.");
        }

        if (Directory.Exists(_path) && !Directory.Exists(_cells) && Directory.EnumerateFileSystemEntries(_path).Any())
        {
            throw new IOException($"{_path}: has files in it that are not of a low-shot study; name a new or an empty folder.");
        }
    }

    /// <summary>What came of a cell; null when it is not done.</summary>
    /// <exception cref="DataFormatException">It was trained or evaluated in another way, or cannot be read.</exception>
    public CellRecord? Find(LowShotCell cell, TrainingPlan plan, IReadOnlyList<(string Task, EvaluationSplit Split)> tasks)
    {
        if (Read<CellRecord>(cell.FileName) is not { } record)
        {
            return null;
        }

        Require(cell.FileName, TrainingPlan.Differences(TrainingJson.ToNode(record.Plan), TrainingJson.ToNode(plan), extensible: []));
        Require(cell.FileName, Differences(record.Scores, tasks));
        return record;
    }

    /// <summary>What the model scored before training; null when it was not evaluated.</summary>
    /// <exception cref="DataFormatException">It is another model, or was evaluated in another way, or cannot be read.</exception>
    public UntrainedRecord? FindUntrained(UntrainedRecord wanted, IReadOnlyList<(string Task, EvaluationSplit Split)> tasks)
    {
        if (Read<UntrainedRecord>(Untrained) is not { } record)
        {
            return null;
        }

        Require(Untrained, record.ModelSha256 == wanted.ModelSha256 ? [] : [$"ModelSha256 {record.ModelSha256}, now {wanted.ModelSha256}"]);
        Require(Untrained, record.Pooling == wanted.Pooling ? [] : [$"Pooling {record.Pooling}, now {wanted.Pooling}"]);
        Require(Untrained, Differences(record.Scores, tasks));
        return record;
    }

    public void Write(LowShotCell cell, CellRecord record) => Write(cell.FileName, record);

    public void Write(UntrainedRecord record) => Write(Untrained, record);

    /// <summary>Where a cell's model is trained. One that was finished without being written down is removed, to be trained again.</summary>
    public string ModelFolder(LowShotCell cell)
    {
        var folder = Path.Combine(_models, cell.FileName);
        if (Directory.Exists(folder) && !Directory.Exists(new TrainingFolder(folder).Checkpoint))
        {
            Directory.Delete(folder, recursive: true);
        }

        return folder;
    }

    /// <summary>Deletes a cell's trained model, and the folder of the models with the last one.</summary>
    public void DeleteModel(LowShotCell cell)
    {
        var folder = Path.Combine(_models, cell.FileName);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        if (Directory.Exists(_models) && !Directory.EnumerateFileSystemEntries(_models).Any())
        {
            Directory.Delete(_models);
        }
    }

    private static IReadOnlyList<string> Differences(IReadOnlyList<TaskScore> scores, IReadOnlyList<(string Task, EvaluationSplit Split)> tasks) =>
        scores.Select(score => (score.Task, score.Split)).SequenceEqual(tasks)
            ? []
            : [$"tasks {Names(scores.Select(score => (score.Task, score.Split)))}, now {Names(tasks)}"];

    private static string Names(IEnumerable<(string Task, EvaluationSplit Split)> tasks) =>
        string.Join(" ", tasks.Select(task => $"{task.Task} {task.Split.ToString().ToLowerInvariant()}"));

    private void Require(string name, IReadOnlyList<string> differences)
    {
        if (differences.Count > 0)
        {
            throw new DataFormatException(
                FilePath(name),
                null,
                $"belongs to another study, and the table would mix the two: {string.Join("; ", differences)}; name another output folder, or delete the file to do this cell again.");
        }
    }

    private T? Read<T>(string name)
        where T : class
    {
        var path = FilePath(name);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return TrainingJson.Read<T>(File.ReadAllBytes(path));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            var reason = broken is JsonException json ? JsonFailure.Describe(json) : "a string is not valid Unicode";
            throw new DataFormatException(path, null, $"is not a cell of a low-shot study of this version ({reason}); delete it to do this cell again.", broken);
        }
    }

    private void Write<T>(string name, T record) => AtomicFile.Write(FilePath(name), stream => TrainingJson.Write(stream, record));

    private string FilePath(string name) => Path.Combine(_cells, name + ".json");
}

/// <summary>What a study writes down for each cell, so that an interrupted study continues with the next.</summary>
internal sealed record CellRecord
{
    /// <summary>Everything the outcome depends on.</summary>
    public required TrainingPlan Plan { get; init; }

    public required IReadOnlyList<TaskScore> Scores { get; init; }

    public TrainingScore? Best { get; init; }

    public HeldOutMeasures? Views { get; init; }

    public LowShotCellResult ToResult(LowShotCell cell, TrainingOptions options) =>
        new() { Cell = cell, Options = options, Scores = new TaskScores(Scores), Best = Best, Views = Views };
}

/// <summary>What a study writes down for the model that all its trainings start from.</summary>
internal sealed record UntrainedRecord
{
    /// <summary>SHA-256 of its weights file.</summary>
    public required string ModelSha256 { get; init; }

    public required Pooling Pooling { get; init; }

    public required IReadOnlyList<TaskScore> Scores { get; init; }

    public HeldOutMeasures? Views { get; init; }
}
