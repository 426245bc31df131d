using System.Diagnostics;
using System.Text.Json;

namespace MiCse.Server.Tests.Dialects;

/// <summary>OpenAI's client for JavaScript as npm installs it, in Node.</summary>
public sealed class JavaScriptClientTests(SharedServer shared)
{
    private static readonly string s_packages = Path.Combine(Fixture.Repository, "artifacts", "npm");

    [Fact]
    public async Task The_client_of_OpenAI_for_JavaScript()
    {
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(s_packages, "node_modules", "openai")), "needs Node and `npm install --prefix artifacts/npm openai@6`");
        var script = Path.Combine(Fixture.Repository, "tests", "MiCse.Server.Tests", "Dialects", "openai.mjs");
        using var process = Process.Start(new ProcessStartInfo("node", [script, s_packages, shared.Run.Address.ToString()]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);

        var answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal([shared.Unit("one", 32), shared.Unit("", 32), shared.Unit("two", 32)], answer.GetProperty("many").EnumerateArray().Select(Answer.Floats));
        Assert.Equal(shared.Unit("one"), Answer.Floats(answer.GetProperty("numbers")));
        Assert.Equal(shared.Encoder.Encode(["one", "", "two"]).TokenCounts.Sum(), answer.GetProperty("tokens").GetInt32());
        Assert.Equal("micse-small-en", answer.GetProperty("model").GetString());
        Assert.Equal("micse-small-en", answer.GetProperty("models")[0].GetString());
        Assert.Equal("""{"name":"NotFoundError","status":404,"code":"model_not_found"}""", answer.GetProperty("failure").GetRawText());
    }
}
