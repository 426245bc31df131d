using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using MiCse.Tests;

namespace MiCse.Tests.Cli.Commands;

public sealed class ServeCommandTests
{
    private const int Terminate = 15;

    [Fact]
    public async Task The_server_takes_the_place_of_the_command_and_drains_when_it_is_asked_to_stop()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals of Unix");
        var token = TestContext.Current.CancellationToken;
        using var process = ChildProcess.Start("MiCse.Cli", null, [], "serve", "--port", "0");
        var log = process.StandardError.ReadToEndAsync(token);
        var line = await process.StandardOutput.ReadLineAsync(token);
        if (line is null)
        {
            Assert.Fail(await log);
        }

        using var client = new HttpClient { BaseAddress = new Uri(line) };
        using var content = new StringContent("""{"inputs": ["one", "two"]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/embed", UriKind.Relative), content, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("MiCse.Serve", await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline", token), StringComparison.Ordinal);
        }

        // The process that was started is the server, so that a service manager's signal reaches it.
        Assert.Equal(0, Kill(process.Id, Terminate));
        await process.WaitForExitAsync(token);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Stopped after 1 requests", await log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_says_of_wrong_options_is_what_the_command_says()
    {
        var run = await ChildProcess.RunAsync("MiCse.Cli", null, [], "serve", "--port", "0", "--host", "somewhere");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is not an address", run.Error, StringComparison.Ordinal);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
