using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MiCse.Numerics;
using MiCse.Tests;

namespace MiCse.Training.Tests.Distributed;

/// <summary>Trainings that several processes share, with dropout and sampling on: the bytes of one process.</summary>
public sealed class RankedTrainingTests : IDisposable
{
    private const int Steps = 6;

    /// <summary>The environment variable that says how often a rank is killed; 2 where it is not set.</summary>
    private const string Kills = "MICSE_KILLS";

    private readonly TinyTraining _tiny = new();
    private readonly string _data;

    public RankedTrainingTests()
    {
        _data = _tiny.Folder("data.txt");
        File.WriteAllLines(_data, TinyTraining.Corpus().Examples.Select(example => example.First));
    }

    public static TheoryData<string> Trainings =>
    [
        "train --method simcse --batch-size 8",
        "train --method micse --batch-size 8 --layers 1..3 --lambda 0.5 --mlm-weight 0.1 --held-out 6 --eval-every 2 --select label-free",
        "pretrain --batch-tokens 96 --held-out 4 --eval-every 3",
        "distill --batch-size 8 --infonce-weight 0.2 --lambda 0.1 --held-out 4 --eval-every 3 --select label-free",
    ];

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [MemberData(nameof(Trainings))]
    public async Task One_two_and_four_processes_write_the_same_bytes(string training)
    {
        var one = CommandRun.Of(Arguments(training, "one", Steps));
        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        foreach (var count in new[] { 1, 2, 4 })
        {
            var run = await RankedRun.RunAsync(count, Arguments(training, $"ranks{count}", Steps));

            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Equal(Hash("one"), Hash($"ranks{count}"));
            Assert.Equal(WithoutPace(one.Output), WithoutPace(run.Output)); // printed once
        }
    }

    [Fact]
    public async Task Processes_that_do_not_divide_the_slices_are_told_so_once()
    {
        var run = await RankedRun.RunAsync(2, Arguments("train --method simcse --batch-size 8 --slices 6", "out", Steps));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            "micse: --slices is 6 and 2 processes cannot share a batch so: each takes 1, 2, 4, 8 or another power of two of its slices; set it to 2, 4, 8 …, or start another number of processes.",
            Sentence(run.Error));
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public async Task Processes_with_other_data_are_told_so_once()
    {
        File.WriteAllLines(_tiny.Folder("data-0.txt"), File.ReadLines(_data));
        File.WriteAllLines(_tiny.Folder("data-1.txt"), File.ReadLines(_data).Reverse());
        var arguments = Arguments("train --method simcse --batch-size 8", "out", Steps);
        arguments[Array.IndexOf(arguments, _data)] = _tiny.Folder("data-{rank}.txt");

        var run = await RankedRun.RunAsync(2, arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^micse: Process 2 of 2 \(on .+\): has not started with what the first process has, and they cannot share a training: .*DataSha256 [0-9a-f]{64}, here [0-9a-f]{64}", Sentence(run.Error));
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public async Task A_file_that_one_process_does_not_find_ends_all_with_its_sentence()
    {
        File.Copy(_data, _tiny.Folder("data-0.txt"));
        var arguments = Arguments("train --method simcse --batch-size 8", "out", Steps);
        arguments[Array.IndexOf(arguments, _data)] = _tiny.Folder("data-{rank}.txt");

        var run = await RankedRun.RunAsync(2, arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^micse: Process 2 of 2 \(on .+\): .*data-1\.txt", Sentence(run.Error));
    }

    [Fact]
    public async Task SIGUSR1_saves_and_stops_and_another_number_of_processes_goes_on()
    {
        const int Many = 60;
        const string Training = "train --method micse --batch-size 8 --layers 1..3 --lambda 0.5 --save-every 5";
        Assert.Equal(0, CommandRun.Of(Arguments(Training, "one", Many)).ExitCode);
        Directory.CreateDirectory(_tiny.Folder("out"));
        using var saved = new FolderEvents(_tiny.Folder("out"), "step-");
        using var run = RankedRun.Start(2, Arguments(Training, "out", Many));
        await saved.Seen.WaitAsync(TestContext.Current.CancellationToken);

        run.SendUserSignal();
        var stopped = await run.EndAsync();

        Assert.Equal(75, stopped.ExitCode);
        Assert.Matches("^micse: stopped by SIGUSR1; the checkpoint of step [0-9]+ is in .*out, and the same command with --resume goes on from it\\.$", Sentence(stopped.Error));
        Assert.Single(Directory.GetDirectories(Path.Combine(_tiny.Folder("out"), "checkpoint")));
        var resumed = await RankedRun.RunAsync(4, [.. Arguments(Training, "out", Many), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(Hash("one"), Hash("out"));
    }

    [Fact]
    public async Task A_process_that_is_killed_ends_all_and_resumed_they_write_the_same_bytes()
    {
        const int Many = 40;
        const string Training = "train --method micse --batch-size 8 --layers 1..3 --lambda 0.5 --save-every 2";
        Assert.Equal(0, CommandRun.Of(Arguments(Training, "one", Many)).ExitCode);
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, (await RankedRun.RunAsync(2, Arguments(Training, "straight", Many))).ExitCode);
        var whole = clock.ElapsedMilliseconds;
        var kills = int.Parse(Environment.GetEnvironmentVariable(Kills) ?? "2", CultureInfo.InvariantCulture);
        var random = new RandomSequence(kills);
        for (var kill = 0; kill < kills; kill++)
        {
            var folder = $"killed{kill}";
            using (var run = RankedRun.Start(2, Arguments(Training, folder, Many)))
            {
                // Any moment will do, also one before the first checkpoint or after the end.
                await Task.Delay((int)(whole * random.NextDouble()), TestContext.Current.CancellationToken);
                if (run.Processes is { Count: > 0 } ranks)
                {
                    KillHard(ranks[random.Next(ranks.Count)]);
                }

                await run.EndAsync();
            }

            if (!File.Exists(Path.Combine(_tiny.Folder(folder), "model.safetensors")) || Directory.Exists(Path.Combine(_tiny.Folder(folder), "checkpoint")))
            {
                var checkpoints = Path.Combine(_tiny.Folder(folder), "checkpoint");
                var resume = Directory.Exists(checkpoints) && Directory.GetDirectories(checkpoints, "step-*").Length > 0;
                var again = await RankedRun.RunAsync(kill % 2 == 0 ? 2 : 4, [.. Arguments(Training, folder, Many), .. resume ? new[] { "--resume" } : []]);
                Assert.True(again.ExitCode == 0, again.Error);
            }

            Assert.Equal(Hash("one"), Hash(folder));
        }
    }

    private static void KillHard(int id)
    {
        try
        {
            Process.GetProcessById(id).Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>The one line of ours among those of mpirun.</summary>
    private static string Sentence(string error) => Assert.Single(error.Split('\n'), line => line.StartsWith("micse:", StringComparison.Ordinal));

    private static string WithoutPace(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"tokensPerSecond\":[^,}]+", "");

    private string[] Arguments(string training, string folder, int steps)
    {
        var words = training.Split(' ');
        return
        [
            words[0], .. words[0] == "distill" ? new[] { "--teacher", _tiny.Model.Path } : [], "--model", _tiny.Model.Path, "--data", _data, .. words[1..],
            "--hidden-dropout", "0.1", "--attention-dropout", "0.1", "--max-tokens", "12", "--learning-rate", "1e-3", "--threads", "1",
            "--steps", $"{steps}", .. training.Contains("--slices", StringComparison.Ordinal) ? [] : new[] { "--slices", "4" }, "-o", _tiny.Folder(folder), "--json", "-q",
        ];
    }

    private string Hash(string folder) => Convert.ToHexStringLower(SHA256.HashData(_tiny.Weights(folder)));

    /// <summary>Waits for something to appear below a folder.</summary>
    private sealed class FolderEvents : IDisposable
    {
        private readonly FileSystemWatcher _watcher;
        private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FolderEvents(string folder, string prefix)
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            _watcher.Created += (_, change) => Look(change.Name);
            _watcher.Renamed += (_, change) => Look(change.Name);
            _watcher.EnableRaisingEvents = true;

            void Look(string? name)
            {
                if (Path.GetFileName(name)?.StartsWith(prefix, StringComparison.Ordinal) == true)
                {
                    _seen.TrySetResult();
                }
            }
        }

        public Task Seen => _seen.Task;

        public void Dispose() => _watcher.Dispose();
    }
}
