using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MiCse.Aspire;

/// <summary>Whether a server has its model loaded and takes requests.</summary>
/// <param name="clients">Where HTTP clients come from.</param>
/// <param name="client">The name of the client.</param>
/// <param name="endpoint">The server's address.</param>
internal sealed class ReadyCheck(IHttpClientFactory clients, string client, Func<Uri> endpoint) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var http = clients.CreateClient(client);
            using var answer = await http.GetAsync(new Uri(endpoint(), "/readyz"), cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, $"The embedding server is not ready: it answers {(int)answer.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or InvalidOperationException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The embedding server cannot be reached: {failure.Message}", failure);
        }
    }
}
