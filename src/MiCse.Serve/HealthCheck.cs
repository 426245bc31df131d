using MiCse.Cli.Terminal;

namespace MiCse.Serve;

/// <summary>Asks the server of this machine whether it lives; an image without a shell has no other program for it.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(int port, CancellationToken stop)
    {
        // Whether it lives, not who it is: a certificate is made out for another name than this machine's.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler) { Timeout = s_patience };
        return await LivesAsync(client, $"http://127.0.0.1:{port}/healthz", stop).ConfigureAwait(false)
            || await LivesAsync(client, $"https://127.0.0.1:{port}/healthz", stop).ConfigureAwait(false) ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<bool> LivesAsync(HttpClient client, string url, CancellationToken stop)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(url), stop).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
