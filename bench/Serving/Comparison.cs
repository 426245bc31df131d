using System.Diagnostics;
using System.Globalization;
using System.Text;
using MiCse.Serving.Load;
using MiCse.Serving.Servers;

namespace MiCse.Serving;

/// <summary>All measurements, one after the other.</summary>
internal static class Comparison
{
    private const int Clients = 16;
    private const int BulkChunk = 1_000;

    /// <returns>The report in Markdown.</returns>
    public static async Task<string> RunAsync(Setting setting, TextWriter progress, CancellationToken stop)
    {
        var report = new StringBuilder();
        using var encoder = SentenceEncoder.Load(setting.Model);
        var lines = File.ReadLines(setting.Data).Where(line => line.Length > 0).Take(setting.BulkTexts).ToList();
        var (few, many) = (new Texts([.. lines.Take(Setting.Texts)], encoder), new Texts(lines, encoder));
        var exported = Export(setting);

        progress.WriteLine("starts");
        var (own, empty, plain) = (new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run < Setting.Starts; run++)
        {
            own.Add(Start(() => ServerProcess.StartOwn(setting.Model)));
            empty.Add(Start(() => ServerProcess.StartRole("empty-server")));
            plain.Add(Start(() => ServerProcess.StartRole("plain-server", exported)));
        }

        report.AppendLine("| start to ready, median | ms | times an empty application |").AppendLine("|---|--:|--:|");
        foreach (var (name, times) in ((string, List<double>)[])[("micse serve", own), ("empty ASP.NET Core application", empty), ("plain server, ONNX Runtime behind a lock (no warm-up)", plain)])
        {
            report.AppendLine(Line($"| {name} | {Median(times) * 1000:0} | {Median(times) / Median(empty):0.00} |"));
        }

        report.AppendLine().AppendLine("| server | load | requests/s answered | p50 ms | p99 ms | refused (429) | wrong vectors | failed (5xx, connection) | memory before / after, MiB |").AppendLine("|---|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (name, start, exact) in ((string, Func<ServerProcess>, bool)[])
            [("micse serve", () => ServerProcess.StartOwn(setting.Model), true), ("plain, ONNX Runtime", () => ServerProcess.StartRole("plain-server", exported), false)])
        {
            using var server = start();
            await Run("warm-up", generator => generator.ClosedAsync(Clients, TimeSpan.FromSeconds(3)), show: false);
            await Run("closed, 1 client", generator => generator.ClosedAsync(1, setting.Duration));
            var capacity = (await Run(Line($"closed, {Clients} clients"), generator => generator.ClosedAsync(Clients, setting.Duration))).PerSecond;
            foreach (var times in (double[])[0.5, 1, 2, 10])
            {
                // A server without limits would only pile up what ten times its capacity brings.
                if (exact || times <= 2)
                {
                    await Run(Line($"open, {times:0.#} × capacity ({times * capacity:0}/s)"), generator => generator.OpenAsync(times * capacity, setting.Duration));
                }
            }

            async Task<LoadResult> Run(string load, Func<LoadGenerator, Task<LoadResult>> send, bool show = true)
            {
                progress.WriteLine($"{name}: {load}");
                using var generator = new LoadGenerator(server.Address, few, exact);
                var before = server.ResidentBytes >> 20;
                var result = await send(generator);
                if (show)
                {
                    report.AppendLine(Line(
                        $"| {name} | {load} | {result.PerSecond:0} | {result.Percentile(0.5):0.0} | {result.Percentile(0.99):0.0} | {result.Refused} | {result.Wrong} | {result.Failed} | {before} / {server.ResidentBytes >> 20} |"));
                }

                return result;
            }
        }

        report.AppendLine().AppendLine("| server | single query, p50 / p99 ms idle | while a bulk job runs | p99, times idle | bulk texts/s |").AppendLine("|---|--:|--:|--:|--:|");
        foreach (var (name, start, exact) in ((string, Func<ServerProcess>, bool)[])
            [("micse serve", () => ServerProcess.StartOwn(setting.Model), true), ("plain, ONNX Runtime", () => ServerProcess.StartRole("plain-server", exported), false)])
        {
            progress.WriteLine($"{name}: bulk");
            using var server = start();
            var idle = await SingleAsync(server, few, exact, TimeSpan.FromSeconds(Math.Max(3, setting.Seconds / 4)));
            using var bulk = new LoadGenerator(server.Address, many, exact);
            var job = Task.Run(() => bulk.BulkAsync(exact ? BulkChunk : 32, 2, stop), stop);
            var busy = await SingleAsync(server, few, exact, TimeSpan.FromSeconds(Math.Max(3, setting.Seconds / 4)), until: job);
            report.AppendLine(Line(
                $"| {name} | {idle.Percentile(0.5):0.0} / {idle.Percentile(0.99):0.0} | {busy.Percentile(0.5):0.0} / {busy.Percentile(0.99):0.0} | {busy.Percentile(0.99) / idle.Percentile(0.99):0.0} | {await job:0} |"));
        }

        progress.WriteLine("throughput");
        using (var server = ServerProcess.StartOwn(setting.Model))
        {
            var (offline, http) = (new List<double>(), new List<double>());
            for (var round = 0; round < 3; round++)
            {
                var begin = Stopwatch.GetTimestamp();
                encoder.Encode(many.All, cancellationToken: stop);
                offline.Add(many.All.Count / Stopwatch.GetElapsedTime(begin).TotalSeconds);
                using var bulk = new LoadGenerator(server.Address, many, exact: true);
                http.Add(await bulk.BulkAsync(BulkChunk, 4, stop));
            }

            report.AppendLine().AppendLine("| short texts a second, median of 3 | texts/s | share |").AppendLine("|---|--:|--:|")
                .AppendLine(Line($"| the encoder without a server | {Median(offline):0} | 1.00 |"))
                .AppendLine(Line($"| through HTTP, {BulkChunk} texts a request, numbers as JSON | {Median(http):0} | {Median(http) / Median(offline):0.00} |"));
        }

        return report.ToString();
    }

    // One query every 20 ms at most, as a person's would come, until the time is over or the job is done.
    private static async Task<LoadResult> SingleAsync(ServerProcess server, Texts texts, bool exact, TimeSpan duration, Task? until = null)
    {
        using (var warm = new LoadGenerator(server.Address, texts, exact))
        {
            await warm.ClosedAsync(4, TimeSpan.FromSeconds(until is null ? 2 : 0.2));
        }

        using var generator = new LoadGenerator(server.Address, texts, exact);
        var result = await generator.OpenAsync(20, duration);
        return until is { IsCompleted: true } ? throw new InvalidOperationException("The bulk job was done before the queries; take more --bulk-texts.") : result;
    }

    private static string Export(Setting setting)
    {
        var folder = Path.Combine(setting.WorkFolder, "onnx");
        if (!File.Exists(Path.Combine(folder, ModelFolders.WeightsFile.Onnx)))
        {
            Directory.CreateDirectory(setting.WorkFolder);
            var model = ModelSource.Parse(setting.Model).Resolve();
            ExportTo(model.Folder, folder);
        }

        return folder;
    }

    private static void ExportTo(string model, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.GetFullPath("micse"), ["export", "--model", model, "--to", "onnx", "-o", folder]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("micse export failed.");
        }
    }

    private static double Start(Func<ServerProcess> start)
    {
        using var server = start();
        return server.StartSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
