using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiCse.Server.Tests.Processes;

/// <summary>The server as a process of its own, ready.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private ServeProcess(Process process, Uri address)
    {
        (Process, Address, Log) = (process, address, process.StandardError.ReadToEndAsync(CancellationToken.None));
        Client = new HttpClient { BaseAddress = address };
    }

    public Process Process { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>All of its log, when it has ended.</summary>
    public Task<string> Log { get; }

    public static async Task<ServeProcess> StartAsync(params string[] arguments)
    {
        var process = ChildProcess.Start("MiCse.Serve", null, [], ["--port", "0", .. arguments.Contains("--model") ? [] : new[] { "--model", ServerRun.Model }, .. arguments]);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is null)
        {
            Assert.Fail(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        return new ServeProcess(process, new Uri(line));
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void SendTerminate() => SendTerminate(Process);

    /// <inheritdoc cref="SendTerminate()"/>
    public static void SendTerminate(Process process) => Assert.Equal(0, Kill(process.Id, Terminate));

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
