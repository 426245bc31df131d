using System.Diagnostics;

namespace MiCse.VectorSpeed;

/// <summary>Contestants that take turns.</summary>
internal sealed class Contest
{
    private readonly List<(string Name, Func<double> Run)> _contestants = [];
    private readonly Dictionary<string, List<double>> _seconds = [];

    /// <summary>Adds one that is timed here.</summary>
    public void Add(string name, Action run) => Add(name, () =>
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    /// <summary>Adds one that says itself how many seconds it took.</summary>
    public void Add(string name, Func<double> run) => _contestants.Add((name, run));

    /// <summary>A run that does not count, for compilation and memory, and then the rounds.</summary>
    public void Run(int rounds)
    {
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, run) in _contestants)
            {
                var seconds = run();
                Console.Error.WriteLine(FormattableString.Invariant($"{(round == 0 ? "warm-up" : $"round {round}")}: {name}: {seconds:0.0000} s"));
                if (round > 0)
                {
                    (_seconds.TryGetValue(name, out var all) ? all : _seconds[name] = []).Add(seconds);
                }
            }
        }
    }

    /// <summary>The median of the seconds.</summary>
    public double Seconds(string name) => Median(_seconds[name]);

    /// <summary>How many times faster one is than another: the median of the rounds' ratios.</summary>
    public double Ratio(string name, string other) => Median(_seconds[other].Zip(_seconds[name], (slow, fast) => slow / fast));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
