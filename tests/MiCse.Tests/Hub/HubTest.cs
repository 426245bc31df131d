using System.Text;
using MiCse.Hub;
using MiCse.Tests.Data;

namespace MiCse.Tests.Hub;

/// <summary>What the tests of the Hub share: a server, an empty cache, a small model, waits that take no time.</summary>
public abstract class HubTest : IDisposable
{
    private protected const string Id = "org/model";
    private protected static readonly HubRepository Model = new(Id);
    private readonly TemporaryFolder _folder = new();

    private protected HubServer Server { get; } = HubServer.Start();

    private protected JumpingTime Time { get; } = new();

    private protected string Cache => _folder.File("cache");

    private protected HubOptions Options => new() { Endpoint = Server.Endpoint, CacheFolder = Cache };

    /// <summary>Ranges of 1 KB, so that small files have many.</summary>
    private protected static TransferLimits Limits { get; } = new() { Patience = Timeout.InfiniteTimeSpan, RangeLength = 1024 };

    public void Dispose()
    {
        Server.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private protected static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A model as the Hub sees it; its weights are bytes that nobody loads here.</summary>
    private protected HubServerRepository AddModel(string id = Id)
    {
        var repository = Server.Add(id);
        repository.Files["config.json"] = File.ReadAllBytes(Fixture.Path("bert-random", "config.json"));
        repository.Files["vocab.txt"] = Text("[PAD]\n[UNK]\n");
        repository.Files["tokenizer_config.json"] = Text("{}");
        repository.Files["model.safetensors"] = Bytes(10_000);
        return repository;
    }

    private protected ModelHub Open(HubOptions? options = null, CacheDisk? disk = null, TransferLimits? limits = null) =>
        new(options ?? Options, limits is null ? Time : TimeProvider.System, limits ?? Limits, disk ?? new CacheDisk());

    private protected HubDownload Fetch(
        HubRepository? repository = null, HubOptions? options = null, CacheDisk? disk = null, TransferLimits? limits = null,
        IProgress<HubProgress>? progress = null)
    {
        using var hub = Open(options, disk, limits);
        return hub.FetchModelAsync(repository ?? Model, progress).GetAwaiter().GetResult();
    }

    private protected void FetchUntil(Action<HubProgress> listen, CancellationToken cancellation)
    {
        using var hub = Open();
        var fetching = hub.FetchModelAsync(Model, new Listener(listen), cancellation);
        Assert.ThrowsAny<OperationCanceledException>(() => fetching.GetAwaiter().GetResult());
    }

    private protected HubDownload FetchFile(string address, HubOptions? options = null)
    {
        using var hub = Open(options);
        return hub.FetchFileAsync(HubFile.Parse(address)).GetAwaiter().GetResult();
    }

    private protected HubException Refused(HubRepository? repository = null, HubOptions? options = null, CacheDisk? disk = null) =>
        Assert.Throws<HubException>(() => Fetch(repository, options, disk));

    /// <summary>Every file and link below the cache, with forward slashes; links as "path -> target".</summary>
    private protected IReadOnlyList<string> Everything() =>
    [
        .. Directory.EnumerateFiles(Cache, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(path => Path.GetRelativePath(Cache, path) + (File.ResolveLinkTarget(path, false) is null ? "" : $" -> {new FileInfo(path).LinkTarget}"))
            .Select(line => line.Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>No file of a snapshot is there without its content, no content is wrong, and no config.json stands beside missing weights.</summary>
    private protected void AssertNothingHalf(HubServerRepository repository)
    {
        var snapshot = Path.Combine(Cache, "models--org--model", "snapshots", repository.Commit);
        foreach (var (file, content) in repository.Files)
        {
            var path = Path.Combine(snapshot, file);
            if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
            {
                Assert.Equal(content, File.ReadAllBytes(path));
            }
        }

        Assert.True(!File.Exists(Path.Combine(snapshot, "config.json")) || File.Exists(Path.Combine(snapshot, "model.safetensors")));
    }

    private protected sealed class Listener(Action<HubProgress> listen) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => listen(value);
    }
}
