using MiCse.Files;
using MiCse.Hub;
using MiCse.Tests.Data;

namespace MiCse.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Appears_with_the_commit_and_not_before()
    {
        var path = _folder.File("sub/a.bin");
        using (var file = AtomicFile.Create(path))
        {
            file.Stream.Write("new"u8);
            Assert.False(File.Exists(path));
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Everything());
    }

    [Fact]
    public void Without_a_commit_the_old_file_stays()
    {
        var path = _folder.File("a.bin");
        File.WriteAllText(path, "old");
        using (var file = AtomicFile.Create(path))
        {
            file.Stream.Write("new"u8);
        }

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException("stop")));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Everything());
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_leaves_nothing()
    {
        const int noSpaceLeft = 28;
        var path = _folder.File("a.bin");
        var failure = Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => throw new IOException("No space left on device", noSpaceLeft)));
        Assert.StartsWith($"{path}: cannot be written, the disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Everything());
    }

    [Fact]
    public void What_the_content_is_made_of_is_not_taken_for_a_failure_to_write()
    {
        var missing = new FileNotFoundException("missing.txt: there is no such file.");
        var offline = new HubException(HubFailure.Unreachable, "org/data: the Hub cannot be reached.");

        Assert.Same(missing, Assert.Throws<FileNotFoundException>(() => AtomicFile.Write(_folder.File("a"), _ => throw missing)));
        Assert.Same(offline, Assert.Throws<HubException>(() => AtomicFolder.Write(_folder.File("b"), _ => throw offline)));
        Assert.Empty(Everything());
    }

    [Fact]
    public void Folders_are_not_replaced_and_devices_are_written_into()
    {
        Assert.Throws<IOException>(() => AtomicFile.Create(_folder.Path));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no /dev");
        AtomicFile.Write("/dev/null", stream => stream.Write("new"u8));
        Assert.Empty(File.ReadAllBytes("/dev/null"));
        Assert.SkipUnless(File.Exists("/dev/full"), "a device of Linux");
        var failure = Assert.Throws<IOException>(() => AtomicFile.Write("/dev/full", stream => stream.Write("new"u8)));
        Assert.StartsWith("/dev/full: cannot be written, the disk is full", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_appears_with_the_commit_and_not_before()
    {
        var path = _folder.File("model");
        using (var folder = AtomicFolder.Create(path))
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, "inner"));
            File.WriteAllText(Path.Combine(folder.Path, "inner", "a.txt"), "a");
            Assert.False(Directory.Exists(path));
            folder.Commit();
        }

        Assert.Equal([Path.Combine(path, "inner", "a.txt")], Everything());
        Assert.Throws<IOException>(() => AtomicFolder.Create(path));
        using (AtomicFolder.Create(path, overwrite: true))
        {
        }

        Assert.Equal([Path.Combine(path, "inner", "a.txt")], Everything());
    }

    [Fact]
    public void A_folder_is_replaced_as_a_whole()
    {
        var path = _folder.File("model");
        Directory.CreateDirectory(path);
        using (var first = AtomicFolder.Create(path))
        {
            File.WriteAllText(Path.Combine(first.Path, "old.txt"), "old");
            first.Commit();
        }

        AtomicFolder.Write(path, inner => File.WriteAllText(Path.Combine(inner, "new.txt"), "new"), overwrite: true);

        Assert.Equal([Path.Combine(path, "new.txt")], Everything());
    }

    [Fact]
    public void A_full_disk_under_a_folder_is_one_sentence_and_leaves_nothing()
    {
        const int noSpaceLeft = 28;
        var path = _folder.File("model");
        var failure = Assert.Throws<IOException>(() => AtomicFolder.Write(path, inner =>
        {
            File.WriteAllText(Path.Combine(inner, "a.txt"), "a");
            throw new IOException("No space left on device", noSpaceLeft);
        }));
        Assert.StartsWith($"{path}: cannot be written, the disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_that_got_files_meanwhile_is_not_overwritten()
    {
        var path = _folder.File("model");
        using var folder = AtomicFolder.Create(path);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "other.txt"), "other");
        Assert.Throws<IOException>(folder.Commit);
        Assert.Equal([Path.Combine(path, "other.txt")], Everything());
    }

    private string[] Everything() => Directory.GetFiles(_folder.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });
}
