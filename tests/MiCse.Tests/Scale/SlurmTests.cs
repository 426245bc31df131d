using System.Diagnostics;
using MiCse.Tests.Data;

namespace MiCse.Tests.Scale;

/// <summary>An array of tasks under a Slurm that the test starts for itself, with deploy/slurm's own scripts.</summary>
public sealed class SlurmTests : IDisposable
{
    private const int Shards = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        if (File.Exists(_folder.File("slurm/slurm.conf")))
        {
            RunAsync(PrivateSlurm, "stop", _folder.File("slurm")).GetAwaiter().GetResult();
        }

        _folder.Dispose();
    }

    private static string PrivateSlurm => Path.Combine(Fixture.Repository, "tests", "MiCse.Tests", "Scale", "private-slurm.sh");

    [Fact]
    public async Task A_task_that_is_requeued_and_one_that_is_killed_leave_no_trace_in_the_result()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/sbin/slurmctld") && File.Exists("/usr/sbin/slurmd") && File.Exists("/usr/sbin/munged"),
            "needs root and Slurm: apt-get install slurm-wlm munge");
        TinyModel.Write(_folder.File("model"));
        File.WriteAllLines(_folder.File("corpus.txt"), Enumerable.Range(0, 20_011).Select(number => $"the dog {number} plays {number % 97} in winter"));
        Assert.Equal(0, CommandRun.Of("encode", _folder.File("corpus.txt"), "--model", _folder.File("model"), "-o", _folder.File("one.npy")).ExitCode);
        WriteProgram();
        await RunAsync("chmod", "+x", _folder.File("bin/micse"));
        await RunAsync("mkfifo", _folder.File("started"));
        await RunAsync(PrivateSlurm, "start", _folder.File("slurm"));

        var job = (await SubmitAsync($"0-{Shards - 1}")).Trim();
        Assert.Equal("2\n", await File.ReadAllTextAsync(_folder.File("started"), TestContext.Current.CancellationToken)); // waits until task 2 says so
        await RunAsync("scontrol", "requeue", $"{job}_2");
        await RunAsync(PrivateSlurm, "wait", _folder.File("slurm"));

        Assert.Contains(Directory.GetFiles(_folder.File("parts")), file => Path.GetFileName(file).StartsWith(".part-00003-", StringComparison.Ordinal));
        var check = CommandRun.Of("merge", _folder.File("parts"), "--check");
        Assert.Equal((75, "3\n"), (check.ExitCode, check.Output));
        Assert.Equal(75, CommandRun.Of("merge", _folder.File("parts"), "-o", _folder.File("merged.npy")).ExitCode);
        Assert.False(File.Exists(_folder.File("merged.npy")));

        // As the documentation says: the same command with the numbers of what is missing.
        await SubmitAsync(check.Output.Trim());
        await RunAsync(PrivateSlurm, "wait", _folder.File("slurm"));
        var merge = CommandRun.Of("merge", _folder.File("parts"), "-o", _folder.File("merged.npy"));

        Assert.Equal((0, ""), (merge.ExitCode, merge.Error));
        Assert.Equal(File.ReadAllBytes(_folder.File("one.npy")), File.ReadAllBytes(_folder.File("merged.npy")));
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("parts")), file => Path.GetFileName(file).StartsWith('.'));
        Assert.Equal(2, File.ReadAllLines(_folder.File("runs")).Count(line => line == "2"));
        Assert.Equal(2, File.ReadAllLines(_folder.File("runs")).Count(line => line == "3"));
    }

    /// <summary>What the scripts call: the command line, but for the first runs of tasks 2 and 3, which stop in the middle of their part.</summary>
    private void WriteProgram()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, "MiCse.Cli", own.Name, "MiCse.Cli.dll");
        Directory.CreateDirectory(_folder.File("bin"));
        File.WriteAllText(_folder.File("bin/micse"), $$"""
            #!/bin/bash
            cd '{{_folder.File("")}}'
            shard=$SLURM_ARRAY_TASK_ID
            echo "$shard" >> runs
            if [[ $shard != [23] || -e first-$shard ]]; then exec dotnet '{{program}}' "$@"; fi
            touch "first-$shard"
            dotnet '{{program}}' "$@" &
            pid=$!
            until compgen -G "parts/.part-0000$shard-*.tmp" >/dev/null; do sleep 0.01; done
            if [[ $shard == 3 ]]; then kill -KILL "$pid"; wait "$pid"; exit $?; fi
            kill -STOP "$pid"
            echo "$shard" > started
            wait "$pid"
            """);
    }

    private Task<string> SubmitAsync(string array) => RunAsync(
        "sbatch", "--parsable", $"--array={array}", "--cpus-per-task=1", "--output=/dev/null", Path.Combine(Fixture.Repository, "deploy", "slurm", "encode.sbatch"),
        _folder.File("corpus.txt"), "--model", _folder.File("model"), "--shards", $"{Shards}", "--output", _folder.File("parts"));

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["SLURM_CONF"] = _folder.File("slurm/slurm.conf");
        start.Environment["PATH"] = $"{_folder.File("bin")}:{start.Environment["PATH"]}";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}");
        return output;
    }
}
