using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using MiCse.Server.Configuration;
using MiCse.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Security;

/// <summary>The keys of a server, compared in constant time, and how often each may ask.</summary>
internal sealed class ApiKeys : IDisposable
{
    private const string Bearer = "Bearer ";

    private readonly byte[][] _hashes;
    private readonly RateLimiter[] _limiters;

    public ApiKeys(MiCseServerOptions options)
    {
        _hashes = [.. options.ApiKeys.Select(Hash)];
        _limiters = options.RequestsPerMinute is not { } perMinute ? [] :
        [
            .. Enumerable.Range(0, Math.Max(1, _hashes.Length)).Select(_ => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = perMinute,
                TokensPerPeriod = perMinute,
                ReplenishmentPeriod = TimeSpan.FromMinutes(1),
                QueueLimit = 0,
            })),
        ];
    }

    /// <summary>Refuses a request without a key, and one too many.</summary>
    /// <exception cref="RefusalException">It is refused.</exception>
    public void Check(HttpRequest request)
    {
        var index = _hashes.Length == 0 ? 0 : Find(Given(request));
        if (index < 0)
        {
            throw new RefusalException(RefusalKind.Unauthorized, "A key of this server is needed, in the header Authorization: Bearer KEY.");
        }

        if (_limiters.Length == 0)
        {
            return;
        }

        using var lease = _limiters[index].AttemptAcquire();
        if (!lease.IsAcquired)
        {
            throw new RefusalException(new Refusal(RefusalKind.RateLimited, "Too many requests in this minute.")
            {
                RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1),
            });
        }
    }

    public void Dispose() => Array.ForEach(_limiters, limiter => limiter.Dispose());

    private static string? Given(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim()
        : request.Headers["x-api-key"].ToString() is { Length: > 0 } key ? key
        : null;

    // Hashes are of one length, and all of them are compared: neither length nor beginning of a key shows in the time.
    private int Find(string? key)
    {
        var hash = Hash(key ?? "");
        var found = -1;
        for (var index = 0; index < _hashes.Length; index++)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, _hashes[index]) ? index : found;
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
