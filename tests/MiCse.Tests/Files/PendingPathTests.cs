using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Files;

/// <summary>What a killed process leaves beside its target is cleared away by the next writer, and what a living one writes is not.</summary>
public sealed class PendingPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("a.npy");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_killed_process_left_is_gone_after_the_next_write()
    {
        var target = _folder.File("sentences.txt");
        using (var process = ChildProcess.Start("MiCse.Cli", null, [], "sentences", "-", "-o", target))
        {
            await process.StandardInput.WriteLineAsync("A first text that is read before the process is killed.");
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            while (!Everything().Any(name => name.EndsWith(".tmp", StringComparison.Ordinal)))
            {
                Assert.False(process.HasExited);
                await Task.Yield();
            }

            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotEmpty(Everything());
        AtomicFile.Write(target, stream => stream.Write("new"u8));

        Assert.Equal(["sentences.txt"], Everything());
    }

    [Fact]
    public void Leftovers_of_this_target_alone_are_deleted()
    {
        var id = Guid.NewGuid().ToString("N");
        File.WriteAllText(_folder.File($".a.npy.{id}.tmp"), "left");
        File.WriteAllText(_folder.File($".a.npy.{id}.lock"), "");
        Directory.CreateDirectory(_folder.File($".a.npy.{Guid.NewGuid():N}.tmp"));
        string[] others = [$".b.npy.{id}.tmp", ".a.npy.tmp", ".a.npy.notes.tmp", $"a.npy.{id}.tmp", $".a.npy.{id}.txt", $".a.npy.b.{id}.tmp"];
        Array.ForEach(others, name => File.WriteAllText(_folder.File(name), "other"));

        AtomicFile.Write(Target, stream => stream.Write("new"u8));

        Assert.Equal(others.Append("a.npy").Order(StringComparer.Ordinal), Everything());
    }

    [Fact]
    public void What_another_writer_is_writing_stays()
    {
        using var first = AtomicFile.Create(Target);
        first.Stream.Write("first"u8);
        using var folder = AtomicFolder.Create(_folder.File("model"));
        File.WriteAllText(Path.Combine(folder.Path, "a.txt"), "first");

        AtomicFile.Write(Target, stream => stream.Write("second"u8));
        AtomicFolder.Write(_folder.File("model"), path => File.WriteAllText(Path.Combine(path, "b.txt"), "second"));
        Assert.Equal("second", File.ReadAllText(Target));
        first.Commit();
        Assert.Throws<IOException>(folder.Commit);

        Assert.Equal("first", File.ReadAllText(Target));
        Assert.Equal(["a.npy", "model"], Everything());
        Assert.Equal([_folder.File("model/b.txt")], Directory.GetFiles(_folder.File("model")));
    }

    [Fact]
    public void Many_writers_at_once_leave_one_whole_file()
    {
        Parallel.For(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
            AtomicFile.Write(Target, stream => stream.Write(Enumerable.Repeat((byte)number, 1_000).ToArray())));

        Assert.Single(File.ReadAllBytes(Target).Distinct());
        Assert.Equal(["a.npy"], Everything());
    }

    [Fact]
    public async Task Many_writers_at_once_do_not_clear_away_what_another_is_writing()
    {
        var token = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Factory.StartNew(Write, token, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(["a.npy"], Everything());

        void Write()
        {
            for (var time = 0; time < 500; time++)
            {
                using var pending = PendingPath.Create(Target);
                File.WriteAllText(pending.New, "content");
                Thread.Yield();
                File.Move(pending.New, Target, overwrite: true);
            }
        }
    }

    [Fact]
    public void An_old_folder_comes_back_when_its_writer_was_killed_between_old_and_new()
    {
        var id = Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(_folder.File($".model.{id}.old"));
        File.WriteAllText(_folder.File($".model.{id}.old/a.txt"), "old");
        Directory.CreateDirectory(_folder.File($".model.{id}.tmp"));

        using (AtomicFolder.Create(_folder.File("model"), overwrite: true))
        {
        }

        Assert.Equal("old", File.ReadAllText(_folder.File("model/a.txt")));
        Assert.Equal(["model"], Everything());
    }

    private string[] Everything() =>
    [
        .. Directory.EnumerateFileSystemEntries(_folder.Path, "*", new EnumerationOptions { AttributesToSkip = 0 })
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
    ];
}
