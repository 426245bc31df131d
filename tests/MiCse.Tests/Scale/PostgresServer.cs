using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace MiCse.Tests.Scale;

/// <summary>
/// A Postgres with pgvector for the tests: the one that MICSE_POSTGRES names, or PGlite from npm, which is Postgres in WebAssembly and takes seconds to start. One for all tests of a class.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private readonly Lock _lock = new();
    private Process? _process;
    private string? _address;

    /// <summary>Its address; skips the test when there is no server.</summary>
    public string Address
    {
        get
        {
            lock (_lock)
            {
                return _address ??= Environment.GetEnvironmentVariable("MICSE_POSTGRES") is { Length: > 0 } given ? given : Start();
            }
        }
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    /// <summary>The value of a query.</summary>
    public async Task<object?> ValueAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(MiCse.Postgres.PostgresAddress.Parse(Address).ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private string Start()
    {
        var modules = NodeModules.Find("@electric-sql/pglite-socket", "@electric-sql/pglite-pgvector");
        var port = FreePort();
        var start = new ProcessStartInfo(
            Path.Combine(modules, ".bin", "pglite-server"),
            ["--host=127.0.0.1", $"--port={port}", "--max-connections=8", "--extensions=@electric-sql/pglite-pgvector:vector"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(modules)!,
        };
        _process = Process.Start(start)!;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("listening", StringComparison.Ordinal))
            {
                _ = _process.StandardOutput.ReadToEndAsync(); // what it says of connections, so that it is never held up
                return $"postgres://postgres@127.0.0.1:{port}/postgres?SSL Mode=Disable&Pooling=false";
            }
        }

        throw new IOException("PGlite did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
