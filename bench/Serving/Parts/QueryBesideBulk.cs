using MiCse.Serving.Load;
using MiCse.Serving.Servers;

namespace MiCse.Serving.Parts;

/// <summary>One query after the other, as people send them, on an idle server and while a bulk job runs.</summary>
internal static class QueryBesideBulk
{
    private const double QueriesPerSecond = 25;
    private const int RequestsAtOnce = 2;

    /// <summary>Measures. A server that is slow is not waited for: its bulk job is ended after three times the time of a load.</summary>
    public static async Task<Table> MeasureAsync(IReadOnlyList<Contestant> contestants, Texts few, Texts many, Setting setting, TextWriter progress, CancellationToken stop)
    {
        var table = new Table(
            "a query of one text, 25 a second", "idle: p50 / p99 ms", "beside a bulk job: p50 / p99 ms", "p99, times idle", "bulk texts/s", "bulk texts answered", "memory before / most / after, MiB");
        foreach (var contestant in contestants)
        {
            progress.WriteLine($"{contestant.Name}: bulk");
            using var server = contestant.Start();
            var job = new BulkJob(many, contestant.BulkChunk, BulkRoute.Numbers);
            await new LoadGenerator(server.Address, few, contestant.IsExact).ClosedAsync(4, TimeSpan.FromSeconds(5), stop);
            var idle = await new LoadGenerator(server.Address, few, contestant.IsExact).OpenAsync(QueriesPerSecond, setting.Duration, stop);

            var memory = server.WatchMemory();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(3 * setting.Duration);
            using var whileItRuns = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var running = Task.Run(async () =>
            {
                try
                {
                    return await job.RunAsync(server.Address, RequestsAtOnce, contestant.IsExact, patience.Token);
                }
                finally
                {
                    await whileItRuns.CancelAsync();
                }
            }, stop);
            var busy = await new LoadGenerator(server.Address, few, contestant.IsExact).UntilAsync(QueriesPerSecond, whileItRuns.Token);
            var bulk = await running;
            if (idle.Wrong + busy.Wrong + idle.Failed + busy.Failed > 0)
            {
                throw new InvalidDataException($"{contestant.Name}: {idle.Wrong + busy.Wrong} wrong vectors, {idle.Failed + busy.Failed} failures.");
            }

            table.Add(
                contestant.Name, $"{idle.Percentile(0.5):0.0} / {idle.Percentile(0.99):0.0}", $"{busy.Percentile(0.5):0.0} / {busy.Percentile(0.99):0.0}",
                $"{busy.Percentile(0.99) / idle.Percentile(0.99):0.0}", $"{bulk.PerSecond:0}", $"{bulk.Texts}", $"{memory()}");
        }

        return table;
    }
}
