using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MiCse.Serve;

/// <summary>
/// Listeners that, when they are closed, leave the connections that they have accepted a moment for their first request. Kestrel closes connections that have
/// sent nothing yet as soon as it no longer listens, and a request that is on its way would be lost.
/// </summary>
/// <param name="listeners">Those of Kestrel.</param>
/// <param name="linger">How long.</param>
internal sealed class LingeringListeners(IConnectionListenerFactory listeners, TimeSpan linger) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await listeners.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), linger);

    private sealed class Listener(IConnectionListener listener, TimeSpan linger) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => listener.AcceptAsync(cancellationToken);

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await listener.UnbindAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(linger, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}
