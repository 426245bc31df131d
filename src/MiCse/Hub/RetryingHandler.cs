using Polly;

namespace MiCse.Hub;

/// <summary>Sends every request through the pipeline that is chosen for it.</summary>
internal sealed class RetryingHandler(
    Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> choose, HttpMessageHandler transport) : DelegatingHandler(transport)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await choose(request).ExecuteAsync(
            async attempt => await base.SendAsync(request, attempt).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
}
