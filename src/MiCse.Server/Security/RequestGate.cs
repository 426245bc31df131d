using System.Net;
using MiCse.Server.Configuration;
using MiCse.Server.Requests;
using MiCse.Server.State;
using Microsoft.AspNetCore.Http;

namespace MiCse.Server.Security;

/// <summary>What a request must pass: its Host, its Origin and its key before it is read, and then how many others are answered.</summary>
internal sealed class RequestGate(MiCseServerOptions options, ApiKeys keys, ServerState state)
{
    /// <summary>Refuses names that are not the server's, and pages of other sites.</summary>
    /// <exception cref="RefusalException">It is refused.</exception>
    public void CheckOrigin(HttpRequest request)
    {
        // Browsers name a host; what names none is an old client, such as a load balancer's health check.
        var host = request.Host.Host;
        if (request.Host.HasValue && !options.AllowedHosts.Contains("*") && !IsOwn(host) && !options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            throw new RefusalException(RefusalKind.Forbidden, "The server is not known by this host name; its operator can allow it.");
        }

        // No page of another site may use what this machine alone can reach.
        if (request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var site)
                && (site.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase) || options.AllowedHosts.Contains(site.Host, StringComparer.OrdinalIgnoreCase))))
        {
            throw new RefusalException(RefusalKind.Forbidden, "Requests from pages of other sites are not taken.");
        }
    }

    /// <summary>Refuses requests without a key.</summary>
    /// <exception cref="RefusalException">It is refused.</exception>
    public void CheckKey(HttpRequest request) => keys.Check(request);

    /// <summary>Counts a request until what is returned is disposed.</summary>
    /// <exception cref="RefusalException">There are too many, or the server is not ready.</exception>
    public IDisposable Enter() => state.Enter(options.Limits.Requests);

    private static bool IsOwn(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
