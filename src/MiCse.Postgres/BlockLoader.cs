using MiCse.Files;
using NpgsqlTypes;

namespace MiCse.Postgres;

/// <summary>Brings rows into a table, a block a transaction: by COPY, or where the server has none, as arrays.</summary>
internal sealed class BlockLoader
{
    private const string BlockTable = "micse_block";

    private readonly PostgresDatabase _database;
    private readonly PostgresTable _table;
    private readonly bool _copies;

    private BlockLoader(PostgresDatabase database, PostgresTable table, bool copies) => (_database, _table, _copies) = (database, table, copies);

    /// <summary>Prepares a connection.</summary>
    public static async Task<BlockLoader> CreateAsync(PostgresDatabase database, PostgresTable table, CancellationToken cancellationToken)
    {
        // PGlite, Postgres in WebAssembly, breaks off at the first block of a COPY.
        var version = (string?)await database.ValueAsync("select version()", cancellationToken).ConfigureAwait(false);
        var copies = version?.Contains("PGlite", StringComparison.Ordinal) != true;
        if (copies)
        {
            await database.ExecuteAsync(
                $"create temp table {BlockTable} (id text, text text, embedding {table.Type}) on commit delete rows", cancellationToken).ConfigureAwait(false);
        }

        return new BlockLoader(database, table, copies);
    }

    /// <summary>Brings in a block: all of its rows or, when this is killed, none.</summary>
    /// <returns>Rows that were not there, or differently.</returns>
    public async Task<int> LoadAsync(IReadOnlyList<(string Id, string Text, object Vector)> rows, CancellationToken cancellationToken)
    {
        if (rows.FirstOrDefault(row => row.Text.Contains('\0', StringComparison.Ordinal) || row.Id.Contains('\0', StringComparison.Ordinal)) is { Id: not null } row)
        {
            throw new DataFormatException(_table.Name, null, $"the text of '{row.Id.Replace("\0", "\\0", StringComparison.Ordinal)}' has the character U+0000, which Postgres does not store; take it out of the index.");
        }

        var transaction = await _database.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var changed = _copies ? await CopyAsync(rows, cancellationToken).ConfigureAwait(false) : await InsertAsync(rows, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return changed;
        }
    }

    private async Task<int> CopyAsync(IReadOnlyList<(string Id, string Text, object Vector)> rows, CancellationToken cancellationToken)
    {
        var copy = await _database.Connection.BeginBinaryImportAsync($"copy {BlockTable} (id, text, embedding) from stdin (format binary)", cancellationToken).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var (id, text, vector) in rows)
            {
                await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(id, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(text, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await copy.WriteAsync(vector, _table.BaseType, cancellationToken).ConfigureAwait(false);
            }

            await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        return await _database.ExecuteAsync(_table.Upsert($"select id, text, embedding from {BlockTable}"), cancellationToken).ConfigureAwait(false);
    }

    private Task<int> InsertAsync(IReadOnlyList<(string Id, string Text, object Vector)> rows, CancellationToken cancellationToken) => _database.ExecuteAsync(
        _table.Upsert($"select * from unnest($1, $2, $3::{_table.BaseType}[])"),
        cancellationToken,
        rows.Select(row => row.Id).ToArray(),
        rows.Select(row => row.Text).ToArray(),
        _table.Values([.. rows.Select(row => row.Vector)]));
}
