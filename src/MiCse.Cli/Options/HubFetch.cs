using System.Diagnostics;
using System.Globalization;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Hub;

namespace MiCse.Cli.Options;

/// <summary>Fetches from the Hub for a command: progress and notes go to the error stream.</summary>
internal static class HubFetch
{
    /// <summary>Brings a model into the cache.</summary>
    public static HubDownload Model(HubRepository repository, StandardStreams streams, CancellationToken cancellation) =>
        Run(repository.Id, streams, (hub, progress) => hub.FetchModelAsync(repository, progress, cancellation));

    /// <summary>The path of a data file: what <c>hf://datasets/…</c> names is brought into the cache, everything else is a path already.</summary>
    public static string DataFile(string path, StandardStreams streams, CancellationToken cancellation)
    {
        if (!HubFile.IsAddress(path))
        {
            return path;
        }

        var file = HubFile.Parse(path);
        return Run(file.Path, streams, (hub, progress) => hub.FetchFileAsync(file, progress, cancellation)).Path;
    }

    private static HubDownload Run(string title, StandardStreams streams, Func<ModelHub, IProgress<HubProgress>, Task<HubDownload>> fetch)
    {
        using var hub = new ModelHub(HubOptions.FromEnvironment(streams.Variable));
        var download = ProgressDisplay.Run(streams, title, "MB", progress => fetch(hub, new Report(progress)).GetAwaiter().GetResult());
        if (download.Note is { } note)
        {
            streams.Error.WriteLine($"micse: note: {note}");
        }

        return download;
    }

    /// <summary>Bytes → megabytes; the rate counts what comes over the network and not what an interrupted download left.</summary>
    private sealed class Report(IProgress<WorkProgress> display) : IProgress<HubProgress>
    {
        private const double Megabyte = 1e6;
        private readonly long _start = Stopwatch.GetTimestamp();

        void IProgress<HubProgress>.Report(HubProgress value)
        {
            var rate = value.Received / Stopwatch.GetElapsedTime(_start).TotalSeconds;
            display.Report(new WorkProgress(value.Done / Megabyte, value.Total / Megabyte)
            {
                Rate = string.Create(CultureInfo.InvariantCulture, $"{rate / Megabyte:N1} MB/s"),
                TimeLeft = rate > 0 ? TimeSpan.FromSeconds((value.Total - value.Done) / rate) : null,
            });
        }
    }
}
