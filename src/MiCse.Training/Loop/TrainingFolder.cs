using MiCse.Files;

namespace MiCse.Training.Loop;

/// <summary>
/// The output folder of a training. While it runs there is only <c>checkpoint/</c> in it; when it is done, the trained model, and
/// no <c>checkpoint/</c>. However a training is interrupted, <c>checkpoint/</c> holds what it needs to continue.
/// </summary>
internal sealed class TrainingFolder
{
    private const string Config = "config.json";

    public TrainingFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
        Checkpoint = System.IO.Path.Combine(Path, "checkpoint");
    }

    public string Path { get; }

    /// <summary>What is needed to resume.</summary>
    public string Checkpoint { get; }

    /// <summary>Where the trained model is written before it is moved up.</summary>
    public string Export => System.IO.Path.Combine(Checkpoint, "model");

    /// <summary>Whether there is a checkpoint to resume from.</summary>
    public bool HasCheckpoint => LastStep is not null;

    /// <summary>The step of that checkpoint; null when there is none.</summary>
    public int? LastStep => TrainingCheckpoint.StepFolders(Checkpoint).Max(checkpoint => (int?)checkpoint.Step);

    /// <summary>Creates the folder, unless something is in the way.</summary>
    /// <param name="resume">Whether a checkpoint must be there, or must not.</param>
    /// <exception cref="IOException">There is something in the way or no checkpoint to resume from, or the folder cannot be created.</exception>
    public void Acquire(bool resume)
    {
        if (File.Exists(Path))
        {
            throw new IOException($"{Path}: is a file; name a folder for the trained model.");
        }

        if (resume && !HasCheckpoint)
        {
            throw new IOException($"{Path}: {Found() ?? (Directory.Exists(Path) ? "is empty" : "there is no such folder")}: there is no checkpoint to resume from; "
                + (File.Exists(System.IO.Path.Combine(Path, Config))
                    ? "to train a finished model further, start a new training from it in a new folder."
                    : "name the folder of the unfinished training, or start without resuming."));
        }

        if (!resume && Found() is { } found)
        {
            throw new IOException(
                $"{Path}: {found}; {(HasCheckpoint ? "resume it, or delete the folder or name another." : "name a new or an empty folder.")}");
        }

        try
        {
            Directory.CreateDirectory(Path);

            // The first checkpoint would find out after hours.
            PendingPath.Create(Checkpoint).Dispose();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw WriteFailure.Explain(Path, refused);
        }
    }

    /// <summary>What is in the folder, for messages; null for nothing but what a training left that was killed before its first checkpoint.</summary>
    private string? Found()
    {
        if (HasCheckpoint)
        {
            return "holds an unfinished training";
        }

        var isEmpty = !Directory.Exists(Path) || Directory.EnumerateFileSystemEntries(Path).All(entry => entry == Checkpoint);
        return isEmpty ? null : File.Exists(System.IO.Path.Combine(Path, Config)) ? "holds a model already" : "has files in it already";
    }

    /// <summary>Deletes the folder if nothing is in it but an empty <c>checkpoint/</c>, as after a failure before the first checkpoint or in it.</summary>
    public void RemoveIfEmpty()
    {
        foreach (var folder in new[] { Checkpoint, Path })
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    /// <summary>
    /// Moves the trained model from <see cref="Export"/> up and deletes the checkpoint. Moving within a disk is quick, config.json
    /// comes last, and the checkpoint goes after it: interrupted in between, the folder is still that of an unfinished training.
    /// </summary>
    public void Finish()
    {
        foreach (var folder in Directory.GetDirectories(Export))
        {
            var target = System.IO.Path.Combine(Path, System.IO.Path.GetFileName(folder));
            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true);
            }

            Directory.Move(folder, target);
        }

        foreach (var file in Directory.GetFiles(Export).OrderBy(file => System.IO.Path.GetFileName(file) == Config))
        {
            File.Move(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        Directory.Delete(Checkpoint, recursive: true);
    }
}
