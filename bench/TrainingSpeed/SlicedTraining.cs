using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Distributed;

namespace MiCse.TrainingSpeed;

/// <summary>A whole training in slices, alone or under mpirun: the first process prints the median time of a step in milliseconds. <c>bench/distributed-training.sh</c> calls it.</summary>
internal static class SlicedTraining
{
    private const int WarmUpSteps = 5;
    private const int Sentences = 20_000;

    public static Command Command()
    {
        var model = new Option<string>("--model") { Required = true };
        var data = new Option<string>("--data") { Required = true };
        var method = new Option<TrainingMethod>("--method");
        var batch = new Option<int>("--batch-size") { DefaultValueFactory = _ => 64 };
        var slices = new Option<int>("--slices") { DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => 1 };
        var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 30 };
        var command = new Command("sliced", "Times the steps of a training in slices.") { model, data, method, batch, slices, threads, steps };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), new TrainingOptions
        {
            Method = parsed.GetValue(method),
            BatchSize = parsed.GetValue(batch),
            Slices = parsed.GetValue(slices),
            Threads = parsed.GetValue(threads),
            Steps = parsed.GetValue(steps) + WarmUpSteps,
            HeldOut = 0,
            SaveEvery = int.MaxValue,
        }));
        return command;
    }

    private static void Run(string model, string data, TrainingOptions options)
    {
        using var ranks = Mpi.CountOfLauncher(Environment.GetEnvironmentVariable) > 1 ? Mpi.Open(Environment.GetEnvironmentVariable) : null;
        var corpus = SentenceCorpus.Load(data);
        var output = Directory.CreateTempSubdirectory("micse-sliced-").FullName;
        try
        {
            var clock = new StepTimes();
            new Trainer(options, ranks: ranks).Train(
                ModelFolder.Open(model), new SentenceCorpus(corpus.Name, [.. corpus.Examples.Take(Sentences)]), output, progress: clock);
            if (ranks is null or { Rank: 0 })
            {
                Console.WriteLine(clock.Median.ToString("F1", CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private sealed class StepTimes : IProgress<TrainingEvent>
    {
        private readonly List<double> _milliseconds = [];
        private long _last = Stopwatch.GetTimestamp();

        /// <summary>Of the steps after the first few.</summary>
        public double Median => _milliseconds.Skip(WarmUpSteps).Order().ElementAt((_milliseconds.Count - WarmUpSteps) / 2);

        public void Report(TrainingEvent value)
        {
            _milliseconds.Add(Stopwatch.GetElapsedTime(_last).TotalMilliseconds);
            _last = Stopwatch.GetTimestamp();
        }
    }
}
