using System.Diagnostics;
using System.Runtime.Versioning;
using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Files;

/// <summary>What stands at the place of a new file or folder: links, modes, pipes, memory disks.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WriteTargetTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();

    public WriteTargetTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there, and there are no modes");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_stays_and_leads_to_the_new_content()
    {
        Directory.CreateDirectory(_folder.File("elsewhere"));
        var target = _folder.File("elsewhere/target.bin");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(_folder.File("second"), "elsewhere/target.bin");
        File.CreateSymbolicLink(_folder.File("first"), "second");

        AtomicFile.Write(_folder.File("first"), stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal("second", new FileInfo(_folder.File("first")).LinkTarget);
        Assert.Equal("elsewhere/target.bin", new FileInfo(_folder.File("second")).LinkTarget);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.File("elsewhere"), "*", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [Fact]
    public void A_link_to_nothing_makes_what_it_names()
    {
        File.CreateSymbolicLink(_folder.File("link"), "elsewhere/target.bin");

        AtomicFile.Write(_folder.File("link"), stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(_folder.File("elsewhere/target.bin")));
        Assert.NotNull(new FileInfo(_folder.File("link")).LinkTarget);
    }

    [Fact]
    public void Links_in_a_circle_are_one_sentence()
    {
        File.CreateSymbolicLink(_folder.File("a"), "b");
        File.CreateSymbolicLink(_folder.File("b"), "a");

        Assert.StartsWith($"{_folder.File("a")}: cannot be written", Assert.Throws<IOException>(() => AtomicFile.Create(_folder.File("a"))).Message, StringComparison.Ordinal);
        Assert.StartsWith($"{_folder.File("b")}: cannot be written", Assert.Throws<IOException>(() => AtomicFolder.Create(_folder.File("b"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Private)]
    [InlineData(Private | UnixFileMode.GroupRead | UnixFileMode.UserExecute)]
    public void A_file_keeps_its_mode(UnixFileMode mode)
    {
        var path = _folder.File("a.bin");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, mode);

        using (var file = AtomicFile.Create(path))
        {
            var pending = Directory.EnumerateFiles(_folder.Path, "*.tmp", new EnumerationOptions { AttributesToSkip = 0 }).Single();
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(pending) & ~(mode | Private));
            file.Stream.Write("new"u8);
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(mode, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_new_file_has_the_mode_of_any_other()
    {
        File.WriteAllText(_folder.File("other"), "");

        AtomicFile.Write(_folder.File("new"), stream => stream.Write("new"u8));

        Assert.Equal(File.GetUnixFileMode(_folder.File("other")), File.GetUnixFileMode(_folder.File("new")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_keeps_its_mode_and_the_link_to_it(bool overwrite)
    {
        const UnixFileMode Mode = Private | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_folder.File("model"));
        File.SetUnixFileMode(_folder.File("model"), Mode);
        Directory.CreateSymbolicLink(_folder.File("link"), "model");
        if (overwrite)
        {
            File.WriteAllText(_folder.File("model/old.txt"), "old");
        }

        AtomicFolder.Write(_folder.File("link"), path => File.WriteAllText(Path.Combine(path, "new.txt"), "new"), overwrite);

        Assert.Equal("model", new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal([_folder.File("model/new.txt")], Directory.GetFileSystemEntries(_folder.File("model")));
        Assert.Equal(Mode, File.GetUnixFileMode(_folder.File("model")));
    }

    [Fact]
    public async Task A_pipe_gets_the_content()
    {
        var pipe = _folder.File("pipe.npy");
        using (var make = Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var reading = Task.Run(() => File.ReadAllText(pipe), TestContext.Current.CancellationToken);
        AtomicFile.Write(pipe, stream =>
        {
            stream.Write("old and more"u8);
            stream.Position = 0;
            stream.Write("new"u8);
        });

        Assert.Equal("new and more", await reading);
        Assert.Equal([pipe], Directory.GetFileSystemEntries(_folder.Path));
        Assert.True(WriteTarget.Of(pipe).InPlace);
    }

    [Fact]
    public void A_file_in_shared_memory_is_an_ordinary_file()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "a folder of Linux");
        var path = $"/dev/shm/micse-{Guid.NewGuid():N}.npy";
        try
        {
            AtomicFile.Write(path, stream => stream.Write("new"u8));
            Assert.Equal("new", File.ReadAllText(path));
            Assert.False(WriteTarget.Of(path).InPlace);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Standard_output_can_be_named_as_a_file()
    {
        var texts = _folder.File("texts.txt");
        File.WriteAllText(texts, "Prose is cut into two sentences here. This one is the second of them.\n");
        File.CreateSymbolicLink(_folder.File("out.txt"), "/dev/stdout");

        var run = await ChildProcess.RunAsync("MiCse.Cli", null, [], "sentences", texts, "-o", _folder.File("out.txt"));

        Assert.StartsWith("Prose is cut into two sentences here.\nThis one is the second of them.\n", run.Output, StringComparison.Ordinal);
        Assert.NotNull(new FileInfo(_folder.File("out.txt")).LinkTarget);
    }
}
