using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiCse.Server.Tests.Processes;

/// <summary>The server as a process of its own, ready.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private ServeProcess(Process process, Uri address)
    {
        (Process, Address) = (process, address);
        Client = new HttpClient { BaseAddress = address };
    }

    public Process Process { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static async Task<ServeProcess> StartAsync(params string[] arguments)
    {
        var process = ChildProcess.Start("MiCse.Serve", null, [], ["--port", "0", "--log", "none", .. arguments]);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line is not null, line is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
        return new ServeProcess(process, new Uri(line));
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void SendTerminate() => Assert.Equal(0, Kill(Process.Id, Terminate));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!Process.HasExited)
        {
            Process.Kill();
        }

        await Process.WaitForExitAsync(CancellationToken.None);
        Process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
