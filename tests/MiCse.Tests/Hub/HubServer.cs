using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MiCse.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MiCse.Tests.Hub;

/// <summary>
/// A server that speaks the Hub's protocol on the loopback, with a storage host of its own for large files, and that can be told to
/// misbehave.
/// </summary>
internal sealed class HubServer : IDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, HubServerRepository> _repositories = new();
    private readonly ConcurrentQueue<SeenRequest> _requests = new();

    private HubServer(WebApplication app) => _app = app;

    /// <summary>The Hub.</summary>
    public Uri Endpoint => new(_app.Urls.First());

    /// <summary>The host behind it that serves large files.</summary>
    public Uri Storage => new(_app.Urls.Last());

    /// <summary>What came in so far.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>The times large contents were asked for.</summary>
    public IReadOnlyList<SeenRequest> StorageRequests => [.. _requests.Where(request => request.Port == Storage.Port)];

    /// <summary>What goes wrong with a request; null is nothing.</summary>
    public Func<SeenRequest, Trouble?> Misbehave { get; set; } = _ => null;

    /// <summary>Starts the server.</summary>
    public static HubServer Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MinResponseDataRate = null;
        });
        var app = builder.Build();
        var server = new HubServer(app);
        app.Run(server.AnswerAsync);
        app.StartAsync().GetAwaiter().GetResult();
        return server;
    }

    /// <summary>Adds a repository.</summary>
    public HubServerRepository Add(string id, HubKind kind = HubKind.Model) =>
        _repositories[(kind == HubKind.Model ? "" : "datasets/") + id] = new HubServerRepository();

    /// <summary>The name the Hub gives a content: SHA-256 for large files, git's for small ones.</summary>
    public static string HashOf(string file, byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(IsLarge(file) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        hash.AppendData(IsLarge(file) ? [] : Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => _app.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static bool IsLarge(string file) => Path.GetExtension(file) is ".safetensors" or ".bin" or ".parquet";

    private async Task AnswerAsync(HttpContext context)
    {
        var request = new SeenRequest(
            context.Request.Method, Uri.UnescapeDataString(context.Request.Path.Value!), context.Connection.LocalPort,
            context.Request.Headers.Range.ToString(), context.Request.Headers.IfMatch.ToString(), context.Request.Headers.Authorization.ToString());
        _requests.Enqueue(request);
        var trouble = Misbehave(request);
        if (trouble?.Status is { } status)
        {
            context.Response.StatusCode = status;
            foreach (var (name, value) in trouble.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(trouble.Text, context.RequestAborted);
            return;
        }

        if (request.Port == Storage.Port)
        {
            var hash = request.Path.Split('/')[^1];
            var content = _repositories.Values.SelectMany(repository => repository.Files)
                .First(file => IsLarge(file.Key) && HashOf(file.Key, file.Value) == hash).Value;
            await SendAsync(context, content, $"\"storage-{hash[..8]}\"", trouble);
        }
        else if (request.Path.StartsWith("/api/", StringComparison.Ordinal))
        {
            await ListAsync(context, request);
        }
        else
        {
            await ResolveAsync(context, request, trouble);
        }
    }

    private async Task ListAsync(HttpContext context, SeenRequest request)
    {
        var parts = request.Path["/api/models/".Length..].Split("/revision/");
        if (!_repositories.TryGetValue(parts[0], out var repository))
        {
            Refuse(context, 401, "RepoNotFound");
        }
        else if (repository.CommitOf(parts[1]) is not { } commit)
        {
            Refuse(context, 404, "RevisionNotFound");
        }
        else
        {
            var siblings = repository.Files.Keys.Concat(repository.ListedToo).Select(file => new { rfilename = file });
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { id = parts[0], sha = commit, siblings }), context.RequestAborted);
        }
    }

    private async Task ResolveAsync(HttpContext context, SeenRequest request, Trouble? trouble)
    {
        var parts = request.Path[1..].Split("/resolve/");
        var (revision, file) = (parts[1][..parts[1].IndexOf('/')], parts[1][(parts[1].IndexOf('/') + 1)..]);
        var repository = _repositories[parts[0]];
        context.Response.Headers["X-Repo-Commit"] = repository.CommitOf(revision);
        if (!repository.Files.TryGetValue(file, out var content))
        {
            Refuse(context, 404, "EntryNotFound");
            return;
        }

        var hash = HashOf(file, content);
        if (IsLarge(file))
        {
            context.Response.StatusCode = 302;
            context.Response.Headers["X-Linked-Etag"] = $"\"{hash}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.Location = new Uri(Storage, $"/storage/{hash}").ToString();
            return;
        }

        await SendAsync(context, content, $"\"{hash}\"", trouble);
    }

    private static async Task SendAsync(HttpContext context, byte[] content, string tag, Trouble? trouble)
    {
        var response = context.Response;
        content = trouble?.Content ?? content;
        response.Headers.ETag = trouble?.Tag ?? tag;
        var (from, to) = (0, content.Length);
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        if (range is not null && trouble?.IgnoreRanges != true)
        {
            (from, to) = ((int)range.From!.Value, Math.Min((int)range.To!.Value + 1, content.Length));
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{to - 1}/{content.Length}";
        }

        response.ContentLength = to - from;
        if (context.Request.Method == "HEAD")
        {
            return;
        }

        var end = Math.Min(to, from + (trouble?.CutAfter ?? int.MaxValue / 2));
        await response.Body.WriteAsync(content.AsMemory(from, end - from), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        if (trouble?.Silent == true)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Kestrel ends the connection of an answer that is shorter than announced.
    }

    private static void Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
    }
}
