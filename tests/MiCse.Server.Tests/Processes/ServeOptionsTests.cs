using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MiCse.Server.Tests.Processes;

/// <summary>Options of the program that need a process of its own.</summary>
public sealed class ServeOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-server-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Words_of_comments_are_no_keys()
    {
        await using var server = await ServeProcess.StartAsync("--api-keys", File("keys", "# keys of the team\n\n secret-one \nsecret-two\n"));

        foreach (var (key, status) in new[]
            {
                ("secret-one", HttpStatusCode.OK), ("secret-two", HttpStatusCode.OK), ("#", HttpStatusCode.Unauthorized), ("keys", HttpStatusCode.Unauthorized),
                ("# keys of the team", HttpStatusCode.Unauthorized),
            })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
            using var response = await server.Client.SendAsync(request, Token);
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task What_cannot_be_is_one_sentence()
    {
        foreach (var (arguments, sentence) in new (string[], string)[]
            {
                (["--api-keys", File("named", "secret-one alice\n")], "line 1: a key has no white space"),
                (["--certificate-key", File("key.pem", "")], "--certificate-key: there is no --certificate"),
                (["--certificate", File("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "--certificate-key", File("key.pem", "")], "cannot be used"),
                (["--log", "foo"], "--log: 'foo' is not one of text, json, none."), (["--max-wait", "1e20"], "--max-wait"), (["--request-timeout", "5000000"], "--request-timeout"), (["--idle-unload", "1e12"], "--idle-unload"),
            })
        {
            using var process = ChildProcess.Start("MiCse.Serve", null, [], ["--port", "0", .. arguments]);
            var error = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);

            Assert.Contains(sentence, error, StringComparison.Ordinal);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal(2, process.ExitCode);
        }
    }

    [Fact]
    public async Task The_chain_of_a_certificate_is_sent()
    {
        using var root = Certificate("root", null, isAuthority: true);
        using var middle = Certificate("middle", root, isAuthority: true);
        using var leaf = Certificate("localhost", middle, isAuthority: false);
        var chain = File("chain.pem", leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem() + "\n");
        var key = File("key.pem", leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var server = await ServeProcess.StartAsync("--certificate", chain, "--certificate-key", key);

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Token);
        await using var stream = new SslStream(client.GetStream());
        var sent = new List<string>();
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, _, built, _) =>
                {
                    sent.AddRange(built!.ChainPolicy.ExtraStore.Select(certificate => certificate.Subject));
                    return true;
                },
            },
            Token);

        Assert.Contains("CN=middle", sent);
        using var health = ChildProcess.Start("MiCse.Serve", null, [], "--check-health", "--port", $"{server.Address.Port}");
        await health.WaitForExitAsync(Token);
        Assert.Equal(0, health.ExitCode);
    }

    [Fact]
    public async Task A_polite_kill_ends_a_server_that_is_not_ready_yet()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals of Unix");

        // A hub that takes the connection and never answers.
        using var hub = new TcpListener(IPAddress.Loopback, 0);
        hub.Start();
        using var process = ChildProcess.Start(
            "MiCse.Serve", null, [("HF_ENDPOINT", $"http://127.0.0.1:{((IPEndPoint)hub.LocalEndpoint).Port}"), ("HF_HOME", _folder)], "--port", "0", "--model", "some/model");
        using var asked = await hub.AcceptTcpClientAsync(Token);
        ServeProcess.SendTerminate(process);
        await process.WaitForExitAsync(Token);

        Assert.Equal(0, process.ExitCode);
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        if (issuer is null)
        {
            return request.CreateSelfSigned(from, to);
        }

        using var signed = request.Create(issuer, from, to, Encoding.ASCII.GetBytes(name));
        return signed.CopyWithPrivateKey(key);
    }

    private string File(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
