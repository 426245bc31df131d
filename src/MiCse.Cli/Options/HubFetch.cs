using System.Diagnostics;
using System.Globalization;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Hub;

namespace MiCse.Cli.Options;

/// <summary>Fetches from the Hub for a command: progress and notes go to the error stream.</summary>
internal static class HubFetch
{
    /// <summary>Brings the model that a name means into the cache.</summary>
    public static ResolvedModel Model(ModelSource source, StandardStreams streams, CancellationToken cancellation)
    {
        var model = Run(source.Name, streams, (options, progress) => source.Resolve(options, progress, cancellation));
        Tell(model.Note, streams);
        return model;
    }

    /// <summary>Brings a model into the cache.</summary>
    public static HubDownload Model(HubRepository repository, StandardStreams streams, CancellationToken cancellation) =>
        Download(repository.Id, streams, (hub, progress) => hub.FetchModelAsync(repository, progress, cancellation));

    /// <summary>The path of a data file: what <c>hf://datasets/…</c> names is brought into the cache, everything else is a path already.</summary>
    public static string DataFile(string path, StandardStreams streams, CancellationToken cancellation)
    {
        if (!HubFile.IsAddress(path))
        {
            return path;
        }

        var file = HubFile.Parse(path);
        return Download(file.Path, streams, (hub, progress) => hub.FetchFileAsync(file, progress, cancellation)).Path;
    }

    private static HubDownload Download(string title, StandardStreams streams, Func<ModelHub, IProgress<HubProgress>, Task<HubDownload>> fetch)
    {
        var download = Run(title, streams, (options, progress) =>
        {
            using var hub = new ModelHub(options);
            return fetch(hub, progress).GetAwaiter().GetResult();
        });
        Tell(download.Note, streams);
        return download;
    }

    private static T Run<T>(string title, StandardStreams streams, Func<HubOptions, IProgress<HubProgress>, T> fetch)
    {
        var options = HubOptions.FromEnvironment(streams.Variable);
        return ProgressDisplay.Run(streams, title, "MB", progress => fetch(options, new Report(progress)));
    }

    private static void Tell(string? note, StandardStreams streams)
    {
        if (note is not null)
        {
            streams.Error.WriteLine($"micse: note: {note}");
        }
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
