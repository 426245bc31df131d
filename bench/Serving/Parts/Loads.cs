using MiCse.Serving.Load;
using MiCse.Serving.Servers;

namespace MiCse.Serving.Parts;

/// <summary>Requests of one text in closed and open loop, up to ten times what the server can do.</summary>
internal static class Loads
{
    private const int Clients = 16;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(5);

    /// <summary>Measures.</summary>
    public static async Task<Table> MeasureAsync(IReadOnlyList<Contestant> contestants, Texts texts, Setting setting, TextWriter progress, CancellationToken stop)
    {
        var table = new Table(
            "load", "sent/s", "answered/s", "p50 ms", "p99 ms", "refused (429)", "wrong vectors", "failed (5xx, connection)", "memory before / most / after, MiB");
        foreach (var contestant in contestants)
        {
            using var server = contestant.Start();
            await new LoadGenerator(server.Address, texts, contestant.IsExact).ClosedAsync(Clients, s_warmUp, stop);
            await RunAsync("closed, 1 client", load => load.ClosedAsync(1, setting.Duration / 4, stop));
            var capacity = (await RunAsync($"closed, {Clients} clients (its capacity)", load => load.ClosedAsync(Clients, setting.Duration, stop))).PerSecond;
            foreach (var times in (double[])[1, 2, 10])
            {
                await RunAsync(FormattableString.Invariant($"open, {times} × capacity"), load => load.OpenAsync(times * capacity, setting.Duration, stop));
            }

            async Task<LoadResult> RunAsync(string name, Func<LoadGenerator, Task<LoadResult>> send)
            {
                progress.WriteLine($"{contestant.Name}: {name}");
                var memory = server.WatchMemory();
                var result = await send(new LoadGenerator(server.Address, texts, contestant.IsExact));
                table.Add(
                    $"{contestant.Name}: {name}", $"{result.Sent / result.Seconds:0}", $"{result.PerSecond:0}", $"{result.Percentile(0.5):0.0}", $"{result.Percentile(0.99):0.0}",
                    $"{result.Refused}", $"{result.Wrong}", $"{result.Failed}", $"{memory()}");
                return result;
            }
        }

        return table;
    }
}
