using System.Diagnostics;
using System.Text.Json;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>A contestant's own process: reads commands, one a line, and answers in JSON.</summary>
internal static class ContestantHost
{
    private const int WarmUpTexts = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    /// <summary>Serves until the input ends.</summary>
    /// <param name="contestant">Who encodes.</param>
    /// <param name="sorted">All texts.</param>
    public static void Run(IContestant contestant, string[] sorted)
    {
        // Texts of all lengths, until code that is compiled while it runs has been.
        var sample = sorted.Where((_, index) => index % Math.Max(1, sorted.Length / WarmUpTexts) == 0).ToArray();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            contestant.Encode(sample);
            contestant.Encode(Texts.Single);
        }

        Console.WriteLine(ContestantProcess.Ready);
        while (Console.ReadLine()?.Split(' ') is [var command, .. var numbers])
        {
            var answer = command == ContestantProcess.Many
                ? Many(contestant, Texts.Part(sorted, int.Parse(numbers[0]), int.Parse(numbers[1])))
                : Single(contestant, int.Parse(numbers[0]));
            Console.WriteLine(JsonSerializer.Serialize(answer));
        }
    }

    private static Answer Many(IContestant contestant, string[] texts)
    {
        var start = Stopwatch.GetTimestamp();
        var embeddings = contestant.Encode(texts);
        return new Answer(Stopwatch.GetElapsedTime(start).TotalSeconds, embeddings[0], Peak(), contestant.PaddingShare);
    }

    private static Answer Single(IContestant contestant, int calls)
    {
        var embedding = contestant.Encode(Texts.Single);
        var seconds = new double[calls];
        for (var call = 0; call < calls; call++)
        {
            var start = Stopwatch.GetTimestamp();
            contestant.Encode(Texts.Single);
            seconds[call] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return new Answer(Statistics.Median(seconds), embedding, Peak());
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
