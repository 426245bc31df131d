using System.Net;
using System.Text;
using System.Text.Json;
using MiCse.Search;

namespace MiCse.Server.Tests.Processes;

public sealed class ServeProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_polite_kill_under_load_loses_no_accepted_request()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals of Unix");
        await using var server = await ServeProcess.StartAsync("--max-wait", "3600");
        var body = JsonSerializer.Serialize(new { inputs = Enumerable.Range(0, 40).Select(number => $"text number {number} about rain and guitars") });
        var answered = 0;
        var clients = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    using var content = new StringContent(body, Encoding.UTF8, "application/json");
                    using var response = await server.Client.PostAsync(new Uri("/embed", UriKind.Relative), content, Token);
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    Assert.Equal(40, JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Token)).RootElement.GetArrayLength());
                }
                catch (HttpRequestException)
                {
                    return; // Nobody listens any longer; what the server had taken is counted below.
                }

                if (Interlocked.Increment(ref answered) == 48)
                {
                    server.SendTerminate();
                }
            }
        }, Token)).ToArray();
        await Task.WhenAll(clients);
        await server.Process.WaitForExitAsync(Token);

        Assert.True(answered >= 48);
        Assert.Contains($"Stopped after {answered} requests", await server.Log, StringComparison.Ordinal);
        Assert.Equal(0, server.Process.ExitCode);
    }

    [Fact]
    public async Task A_hard_kill_and_a_restart_lose_no_change_that_was_answered()
    {
        var folder = Directory.CreateTempSubdirectory("micse-server-").FullName;
        var index = Path.Combine(folder, "index");
        using (var encoder = SentenceEncoder.Load(ServerRun.Model))
        {
            VectorIndexWriter.Create(index, VectorSource.Of(encoder)).Dispose();
        }

        var acknowledged = new List<string>();
        for (var round = 0; round < 2; round++)
        {
            await using var server = await ServeProcess.StartAsync("--index", $"things={index}", "--writable");
            var killed = false;
            for (var number = 0; !killed; number++)
            {
                var id = $"{round}-{number}";
                try
                {
                    using var content = new StringContent($$"""{"add": [{"id": "{{id}}", "text": "text {{id}}"}]}""", Encoding.UTF8, "application/json");
                    using var response = await server.Client.PostAsync(new Uri("/index/things", UriKind.Relative), content, Token);
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                    acknowledged.Add(id);
                }
                catch (HttpRequestException)
                {
                    killed = true;
                }

                if (number == 15)
                {
                    _ = Task.Run(server.Process.Kill, Token); // while the next ones are on their way
                }
            }
        }

        await using (var server = await ServeProcess.StartAsync("--index", $"things={index}"))
        {
            using var content = new StringContent("""{"query": "text", "top": 1000}""", Encoding.UTF8, "application/json");
            using var response = await server.Client.PostAsync(new Uri("/search", UriKind.Relative), content, Token);
            var found = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("results")[0].GetProperty("hits")
                .EnumerateArray().Select(hit => hit.GetProperty("id").GetString()!).ToHashSet();
            Assert.True(acknowledged.Count >= 32);
            Assert.Empty(acknowledged.Except(found));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("--model", "/nothing/here", 1, "there is no such model folder")]
    [InlineData("--index", "x=/nothing/here", 1, "there is no such index")]
    [InlineData("--max-texts", "0", 2, "--max-texts")]
    [InlineData("--host", "somewhere", 2, "is not an address")]
    [InlineData("--log", "loud", 2, "loud")]
    [InlineData("--api-keys", "/nothing/here", 1, "--api-keys: there is no file /nothing/here")]
    public async Task What_cannot_be_served_is_told_in_one_sentence(string option, string value, int exitCode, string message)
    {
        var run = await ChildProcess.RunAsync("MiCse.Serve", null, [], "--port", "0", option, value);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_check_says_whether_the_server_lives()
    {
        var server = await ServeProcess.StartAsync();
        var port = $"{server.Address.Port}";

        Assert.Equal(0, (await ChildProcess.RunAsync("MiCse.Serve", null, [], "--check-health", "--port", port)).ExitCode);
        await server.DisposeAsync();
        Assert.Equal(1, (await ChildProcess.RunAsync("MiCse.Serve", null, [], "--check-health", "--port", port)).ExitCode);
    }

    [Fact]
    public async Task Keys_come_from_a_file_and_the_environment()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "one\ntwo\n", Token);
        await using var server = await ServeProcess.StartAsync("--api-keys", file, "--model", "small=micse-small-en", "--no-page");

        foreach (var (key, status) in ((string, HttpStatusCode)[])[("two", HttpStatusCode.OK), ("three", HttpStatusCode.Unauthorized)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models/small");
            request.Headers.Add("Authorization", $"Bearer {key}");
            using var response = await server.Client.SendAsync(request, Token);
            Assert.Equal(status, response.StatusCode);
        }

        using var docs = await server.Client.GetAsync(new Uri("/docs", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, docs.StatusCode);
        File.Delete(file);
    }
}
