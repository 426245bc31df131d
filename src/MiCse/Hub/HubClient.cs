using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Timeout;

namespace MiCse.Hub;

/// <summary>Speaks the Hub's protocol: what a revision holds, how a file is described, and its bytes. Thread-safe.</summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);
    private static readonly HttpRequestOptionsKey<bool> s_once = new("once");
    private readonly HubOptions _options;
    private readonly HttpClient _http;

    /// <param name="options">Where to ask, and with which token.</param>
    /// <param name="time">Measures the waits between attempts.</param>
    /// <param name="limits">Sizes and times of transfers.</param>
    /// <param name="transport">Sends requests and follows no redirects; null is the network.</param>
    public HubClient(HubOptions options, TimeProvider time, TransferLimits limits, HttpMessageHandler? transport = null)
    {
        var retries = new Retries(time, limits.Patience);
        transport ??= new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = s_connectTimeout };
        var retrying = new RetryingHandler(request => request.Options.TryGetValue(s_once, out _) ? retries.Once : retries.Often, transport);
        _http = new HttpClient(retrying) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("micse", typeof(HubClient).Assembly.GetName().Version?.ToString(3)));

        // A compressed answer would have another length than the file.
        _http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        _options = options;
        Limits = limits;
        Transfers = retries.Transfers;
    }

    /// <summary>Sizes and times of transfers.</summary>
    public TransferLimits Limits { get; }

    /// <summary>Repeats transfers that break off.</summary>
    public ResiliencePipeline Transfers { get; }

    /// <summary>What a revision holds.</summary>
    /// <param name="repository">The repository and its revision.</param>
    /// <param name="once">Whether a failed attempt is final, because a copy in the cache will do.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HubException">No answer, or not the listing.</exception>
    public async Task<RepositoryListing> ListAsync(HubRepository repository, bool once, CancellationToken cancellation)
    {
        var address = At($"api/{repository.KindName}/{repository.Id}/revision/{Uri.EscapeDataString(repository.Revision)}");
        for (var hop = 0; hop < MostRedirects; hop++)
        {
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, address), repository, once, cancellation).ConfigureAwait(false);
            if (Redirection(response, address, repository) is { } next)
            {
                address = next;
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw HubAnswer.Explain(response, repository, null, _options);
            }

            return RepositoryListing.Read(await ReadListingAsync(response, repository, cancellation).ConfigureAwait(false), repository);
        }

        throw TooManyRedirects(repository);
    }

    /// <summary>Looks a file up: its commit, size and hash.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">The revision to look in.</param>
    /// <param name="file">The file, with forward slashes.</param>
    /// <param name="once">Whether a failed attempt is final.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HubException">No answer, no such file, or no way to check it.</exception>
    public async Task<RemoteFile> DescribeAsync(
        HubRepository repository, string revision, string file, bool once, CancellationToken cancellation)
    {
        var address = AddressOf(repository, revision, file);
        string? commit = null, hash = null, size = null;
        for (var hop = 0; hop < MostRedirects; hop++)
        {
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Head, address), repository, once, cancellation).ConfigureAwait(false);
            commit ??= HubAnswer.Header(response, "X-Repo-Commit");
            hash ??= HubAnswer.Header(response, "X-Linked-Etag");
            size ??= HubAnswer.Header(response, "X-Linked-Size");
            if (Redirection(response, address, repository) is { } next)
            {
                // The storage behind the Hub has names of its own for contents; what the Hub says counts.
                if (hash is not null && size is not null && !IsHub(next))
                {
                    return Described(repository, file, commit, hash, size);
                }

                address = next;
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw HubAnswer.Explain(response, repository, file, _options);
            }

            return Described(repository, file, commit, hash ?? HubAnswer.Header(response, "ETag"),
                size ?? response.Content.Headers.ContentLength?.ToString(CultureInfo.InvariantCulture));
        }

        throw TooManyRedirects(repository);
    }

    /// <summary>Starts to fetch a range of a file.</summary>
    /// <returns>The range (206), or the whole file (200) from a server that knows no ranges.</returns>
    /// <exception cref="HubException">No answer, or not the file.</exception>
    /// <exception cref="BrokenTransferException">The file is served in another state than before.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HubRepository repository, RemoteFile file, long from, long to, CancellationToken cancellation)
    {
        var address = AddressOf(repository, file.Commit, file.Path);
        for (var hop = 0; hop < MostRedirects; hop++)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (from > 0 || to < file.Size)
            {
                request.Headers.Range = new RangeHeaderValue(from, to - 1);
            }

            if (file.Tag is { } known && SameOrigin(known.Host, address))
            {
                request.Headers.IfMatch.Add(known.Tag);
            }

            var response = await SendAsync(request, repository, once: false, cancellation).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
            {
                file.Tag = response.Headers.ETag is { IsWeak: false } tag ? (address, tag) : null;
                return response;
            }

            using (response)
            {
                address = Redirection(response, address, repository) ?? throw Failure(response, repository, file);
            }
        }

        throw TooManyRedirects(repository);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Exception Failure(HttpResponseMessage response, HubRepository repository, RemoteFile file)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PreconditionFailed:
                // Mirrors of one content may call it differently; whether it is the same one the checksum tells at the end.
                file.Tag = null;
                return new BrokenTransferException("the file is served in another state than before");
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                return new HubException(HubFailure.Corrupt, $"{repository}: {file.Path} is shorter than the {file.Size} bytes that the Hub announces; try again later.");
            default:
                return HubAnswer.Explain(response, repository, file.Path, _options);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HubRepository repository, bool once, CancellationToken cancellation)
    {
        if (_options.Token is { } token && IsHub(request.RequestUri!))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (once)
        {
            request.Options.Set(s_once, true);
        }

        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HttpRequestException or TimeoutRejectedException)
        {
            throw Unreachable(request.RequestUri!.Host, repository, failure);
        }
    }

    /// <summary>Reads the body of a listing in bounded memory and time.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadListingAsync(HttpResponseMessage response, HubRepository repository, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Limits.Patience);
        try
        {
            var body = new MemoryStream();
            var buffer = new byte[1 << 16];
            using var stream = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            while (await stream.ReadAsync(buffer, patience.Token).ConfigureAwait(false) is > 0 and var count)
            {
                if (body.Length + count > Limits.LongestListing)
                {
                    throw RepositoryListing.Unexpected(repository, $"has more than {Limits.LongestListing} bytes", null);
                }

                body.Write(buffer, 0, count);
            }

            return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
        catch (Exception failure) when (failure is HttpRequestException or (IOException and not HubException)
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Unreachable(_options.Endpoint.Host, repository, failure);
        }
    }

    private static HubException Unreachable(string host, HubRepository repository, Exception failure)
    {
        var reason = failure is TimeoutRejectedException or OperationCanceledException ? "it does not answer" : failure.Message.TrimEnd('.');
        return new HubException(HubFailure.Unreachable, $"{repository}: {host} cannot be reached: {reason}; "
            + "check the network, the proxy and HF_ENDPOINT.", failure);
    }

    private static Uri? Redirection(HttpResponseMessage response, Uri address, HubRepository repository)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
        {
            return null;
        }

        var next = new Uri(address, location);
        return next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp)
            ? next
            : throw new HubException(HubFailure.Refused, $"{repository}: {address.Host} sends on to {next.Scheme}://{next.Host}, which is not safe; check HF_ENDPOINT.");
    }

    private static RemoteFile Described(HubRepository repository, string file, string? commit, string? etag, string? size)
    {
        var hash = etag is null ? "" : (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
        return commit is not null && RepositoryPath.IsCommit(commit) && Checksum.IsChecksum(hash)
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new RemoteFile(file, commit, hash, bytes)
            : throw new HubException(HubFailure.Refused,
                $"{repository}: the server does not say commit, size and hash of {file}, so it could not be checked; "
                + "check HF_ENDPOINT and the proxy.");
    }

    private static HubException TooManyRedirects(HubRepository repository) => new(
        HubFailure.Refused, $"{repository}: sent on from address to address {MostRedirects} times; check HF_ENDPOINT.");

    private Uri AddressOf(HubRepository repository, string revision, string file) =>
        At($"{repository.Page}/resolve/{Uri.EscapeDataString(revision)}/{RepositoryPath.Escape(file)}");

    private Uri At(string path) => new($"{_options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    private bool IsHub(Uri address) => SameOrigin(address, _options.Endpoint);

    private static bool SameOrigin(Uri first, Uri second) =>
        Uri.Compare(first, second, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
