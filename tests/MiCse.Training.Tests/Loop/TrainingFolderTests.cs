using MiCse.Training.Loop;

namespace MiCse.Training.Tests.Loop;

public sealed class TrainingFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("micse-training-folder-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_checkpoint_that_failed_leaves_no_folders_behind()
    {
        var folder = Acquired();
        Directory.CreateDirectory(folder.Checkpoint);

        folder.RemoveIfEmpty();

        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void A_checkpoint_that_is_there_stays()
    {
        var folder = Acquired();
        Directory.CreateDirectory(Path.Combine(folder.Checkpoint, "step-1"));

        folder.RemoveIfEmpty();

        Assert.True(Directory.Exists(Path.Combine(folder.Checkpoint, "step-1")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence_before_the_training()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "a folder of Linux that nobody can write");

        var failure = Assert.Throws<IOException>(() => new TrainingFolder("/proc/trained").Acquire(resume: false));

        Assert.StartsWith("/proc/trained: cannot be written", failure.Message, StringComparison.Ordinal);
    }

    private TrainingFolder Acquired()
    {
        var folder = new TrainingFolder(Path.Combine(_root, "trained"));
        folder.Acquire(resume: false);
        return folder;
    }
}
