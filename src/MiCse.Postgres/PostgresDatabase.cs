using Npgsql;

namespace MiCse.Postgres;

/// <summary>A connection to a database that has pgvector.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private PostgresDatabase(NpgsqlDataSource source, NpgsqlConnection connection) => (_source, Connection) = (source, connection);

    /// <summary>The open connection.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Connects.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="create">Whether pgvector is made an extension of the database where it is not one.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<PostgresDatabase> OpenAsync(string address, bool create, CancellationToken cancellationToken)
    {
        var settings = PostgresAddress.Parse(address);
        settings.CommandTimeout = 0; // an index of millions of rows takes hours
        settings.ApplicationName ??= "micse";
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseVector();
        var source = builder.Build();
        try
        {
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            var database = new PostgresDatabase(source, connection);
            if (create)
            {
                // Two that come at once would both find it missing.
                await database.ExecuteAsync("set client_min_messages = warning", cancellationToken).ConfigureAwait(false);
                await database.ExecuteAsync("create extension if not exists vector", cancellationToken).ConfigureAwait(false);
                await connection.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
            }

            return database;
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The one value of a query; null for none.</summary>
    public async Task<object?> ValueAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is var value and not DBNull ? value : null;
    }

    /// <summary>A statement whose parameters are $1, $2, ….</summary>
    public NpgsqlCommand Command(string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    /// <summary>The comment of a table, and whether there is such a table.</summary>
    public async Task<(bool Exists, string? Comment)> FindAsync(PostgresTable table, CancellationToken cancellationToken) =>
        await ValueAsync("select to_regclass($1)::oid::bigint", cancellationToken, table.Name).ConfigureAwait(false) is long oid
            ? (true, (string?)await ValueAsync("select obj_description($1::oid, 'pg_class')", cancellationToken, oid).ConfigureAwait(false))
            : (false, null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }
}
