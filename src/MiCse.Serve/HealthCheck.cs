using MiCse.Cli.Terminal;

namespace MiCse.Serve;

/// <summary>Asks the server of this machine whether it lives; an image without a shell has no other program for it.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(int port, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = s_patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz"), stop).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }
}
