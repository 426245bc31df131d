using System.Collections.Concurrent;
using System.Net;
using MiCse.Hub;
using MiCse.Tests.Data;

namespace MiCse.Tests.Hub;

/// <summary>Where a request may be sent on to, and what it carries there: a server made of a function, so that it can have any address.</summary>
public sealed class RedirectTests : IDisposable
{
    private const string Listing = """{"sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "siblings": []}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://hub.example", "http://hub.example/api/models/org/model", "http://hub.example")]
    [InlineData("https://hub.example", "http://storage.example/x", "http://storage.example")]
    [InlineData("https://hub.example", "ftp://hub.example/x", "ftp://hub.example")]
    [InlineData("http://hub.example", "file:///etc/passwd", "file://")]
    public async Task From_https_nothing_is_sent_on_to_less(string endpoint, string location, string named)
    {
        var network = new Network(_ => SendOn(location));

        var failure = await Assert.ThrowsAsync<HubException>(() => FetchAsync(endpoint, network));

        Assert.Equal(HubFailure.Refused, failure.Failure);
        Assert.Contains($"sends on to {named}", failure.Message, StringComparison.Ordinal);
        Assert.Single(network.Seen);
    }

    [Theory]
    [InlineData("https://storage.example/x")]
    [InlineData("https://hub.example:8443/x")]
    [InlineData("https://hub.example.evil.example/x")]
    [InlineData("https://sub.hub.example/x")]
    [InlineData("//storage.example/x")]
    public async Task A_token_never_leaves_its_host(string location)
    {
        var network = new Network(request => request.RequestUri!.AbsolutePath == "/x" ? Answer(Listing) : SendOn(location));

        await Assert.ThrowsAsync<HubException>(() => FetchAsync("https://hub.example", network)); // it has no config.json

        Assert.Equal(["Bearer hf_secret", ""], network.Seen.Select(seen => seen.Token));
    }

    [Fact]
    public async Task A_token_does_not_go_from_https_to_http_on_its_own_host_either()
    {
        // The endpoint is http; what it sends on to is https, another origin.
        var network = new Network(request => request.RequestUri!.AbsolutePath == "/x" ? Answer(Listing) : SendOn("https://hub.example/x"));

        await Assert.ThrowsAsync<HubException>(() => FetchAsync("http://hub.example", network));

        Assert.Equal(["Bearer hf_secret", ""], network.Seen.Select(seen => seen.Token));
    }

    [Fact]
    public async Task A_token_goes_along_on_its_own_host()
    {
        var network = new Network(request => request.RequestUri!.AbsolutePath == "/x" ? Answer(Listing) : SendOn("/x"));

        await Assert.ThrowsAsync<HubException>(() => FetchAsync("https://hub.example", network));

        Assert.Equal(["Bearer hf_secret", "Bearer hf_secret"], network.Seen.Select(seen => seen.Token));
    }

    [Fact]
    public async Task A_listing_without_end_is_refused_in_bounded_memory_and_is_no_outage()
    {
        var endless = new EndlessStream();
        var network = new Network(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });

        var failure = await Assert.ThrowsAsync<HubException>(() => FetchAsync("https://hub.example", network));

        Assert.Equal(HubFailure.Refused, failure.Failure);
        Assert.Contains("has more than 16777216 bytes", failure.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Position, 1 << 24, (1 << 24) + (1 << 17));
    }

    private static HttpResponseMessage SendOn(string location) =>
        new(HttpStatusCode.TemporaryRedirect) { Headers = { Location = new Uri(location, UriKind.RelativeOrAbsolute) } };

    private static HttpResponseMessage Answer(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };

    private async Task FetchAsync(string endpoint, Network network)
    {
        var options = new HubOptions { Endpoint = new Uri(endpoint), CacheFolder = _folder.Path, Token = "hf_secret" };
        using var hub = new ModelHub(options, TimeProvider.System, new TransferLimits(), new CacheDisk(), network);
        await hub.FetchModelAsync(new HubRepository("org/model"), null, TestContext.Current.CancellationToken);
    }

    private sealed class Network(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public ConcurrentQueue<(Uri Address, string Token)> Seen { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Enqueue((request.RequestUri!, request.Headers.Authorization?.ToString() ?? ""));
            return Task.FromResult(answer(request));
        }
    }

    /// <summary>The beginning of a listing for ever.</summary>
    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            Position += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
