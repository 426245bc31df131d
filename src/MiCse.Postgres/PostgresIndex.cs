using System.Globalization;
using MiCse.Files;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Postgres;

/// <summary>
/// An index in a table of Postgres with pgvector, which <see cref="PushAsync"/> has made: to be searched from many machines, and where it is larger than one. Not thread-safe;
/// open one a thread.
/// </summary>
public sealed class PostgresIndex : IAsyncDisposable
{
    /// <summary>The table, where none is named.</summary>
    public const string UsualTable = "sentences";

    // Fetched beyond what is asked for: pgvector's distances are float32, and rows that are nearly as near change places in double precision.
    private const int Spare = 16;
    private const double Tie = 1e-5;
    private const int UsualEfSearch = 40;
    private const int MostEfSearch = 1_000;

    private readonly string _address;
    private readonly PostgresDatabase _database;
    private readonly PostgresTable _table;
    private readonly PostgresNote _note;

    private PostgresIndex(string address, PostgresDatabase database, PostgresTable table, PostgresNote note) =>
        (_address, _database, _table, _note) = (address, database, table, note);

    /// <summary>Where its vectors come from.</summary>
    public VectorSource Source => _note.Source;

    /// <summary>Share of the 10 nearest rows that its HNSW index found when it was made or last verified; null without such an index.</summary>
    public double? Recall => _note.Recall?.Share;

    internal MeasuredRecall? Measured => _note.Recall;

    /// <summary>Opens a table.</summary>
    /// <param name="address">The database: <c>postgres://user@host:5432/database</c>, or a connection string of Npgsql.</param>
    /// <param name="table">The table, perhaps with a schema.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="DataFormatException">There is no such table, or it is not one that <see cref="PushAsync"/> made.</exception>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<PostgresIndex> OpenAsync(string address, string table = UsualTable, CancellationToken cancellationToken = default) => PostgresFailure.Explained(address, async () =>
    {
        var named = new PostgresTable(table, 1);
        var database = await PostgresDatabase.OpenAsync(address, create: false, cancellationToken).ConfigureAwait(false);
        try
        {
            var (exists, comment) = await database.FindAsync(named, cancellationToken).ConfigureAwait(false);
            var place = $"{PostgresAddress.Shown(address)}, table {table}";
            if (!exists)
            {
                throw new DataFormatException(place, null, "there is no such table; `micse index push` makes one.");
            }

            var note = PostgresNote.Parse(comment, place);
            return new PostgresIndex(address, database, new PostgresTable(table, note.Dimensions), note);
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }, cancellationToken);

    /// <summary>Brings the rows of an index into a table. Killed and run again, it ends with the same rows; those that are there already are not written again.</summary>
    /// <param name="index">The index.</param>
    /// <param name="address">The database.</param>
    /// <param name="options">Table, HNSW; null for the defaults.</param>
    /// <param name="progress">Receives the number of rows that are done.</param>
    /// <param name="cancellationToken">Stops between blocks; what is done stays.</param>
    /// <exception cref="DataFormatException">The table holds vectors of another model, or the database refuses.</exception>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<PostgresPushResult> PushAsync(
        VectorIndex index, string address, PostgresPushOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        return PostgresFailure.Explained(address, () => new PostgresPush(index, address, options ?? new PostgresPushOptions()).RunAsync(progress, cancellationToken), cancellationToken);
    }

    /// <summary>How many rows there are.</summary>
    /// <param name="cancellationToken">Stops.</param>
    public Task<long> CountAsync(CancellationToken cancellationToken = default) => PostgresFailure.Explained(
        _address, async () => (long)(await _database.ValueAsync($"select count(*) from {_table.Name}", cancellationToken).ConfigureAwait(false))!, cancellationToken);

    /// <summary>The rows that are most similar to a vector, best first, with scores in double precision of the vectors in the table.</summary>
    /// <param name="query">A vector of the table's model.</param>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="options">Measure, exactness; null for the defaults.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">The vector has another number of dimensions, or <paramref name="k"/> is less than 1.</exception>
    public Task<IReadOnlyList<SearchHit>> SearchAsync(ReadOnlyMemory<float> query, int k, PostgresSearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PostgresSearchOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        VectorRange.Norm(query.Span, _table.Dimensions, "the query");
        return PostgresFailure.Explained(_address, () => SearchAsync(query, k, options, k + (options.Exact ? Spare : 0), cancellationToken), cancellationToken);
    }

    /// <summary>Whether a search uses the HNSW index; small tables are read whole.</summary>
    internal Task<bool> UsesHnswAsync(int k, PostgresSearchOptions options, CancellationToken cancellationToken) => PostgresFailure.Explained(_address, () =>
        WithinAsync(k, options, async () =>
        {
            await using var command = _database.Command($"explain {_table.Nearest(options.Measure)}", _table.Value(new float[_table.Dimensions]), (long)k);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var uses = false;
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                uses |= reader.GetString(0).Contains(_table.HnswName, StringComparison.Ordinal);
            }

            return uses;
        }, cancellationToken), cancellationToken);

    /// <summary>Vectors of rows all over the table, the same ones each time.</summary>
    internal Task<EmbeddingMatrix> SampleAsync(int count, CancellationToken cancellationToken) => PostgresFailure.Explained(_address, async () =>
    {
        await using var command = _database.Command($"select embedding from {_table.Name} order by md5(id) limit $1", (long)count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var values = new List<float>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            values.AddRange(_table.Read(reader, 0));
        }

        return new EmbeddingMatrix([.. values], values.Count / _table.Dimensions, _table.Dimensions);
    }, cancellationToken);

    /// <summary>The server's <c>hnsw.ef_search</c>.</summary>
    internal async Task<int> EfSearchAsync(CancellationToken cancellationToken) => int.Parse(
        (string?)await _database.ValueAsync("select current_setting('hnsw.ef_search', true)", cancellationToken).ConfigureAwait(false) is { Length: > 0 } set ? set : UsualEfSearch.ToString(CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture);

    /// <summary>Keeps in the table's comment what its HNSW index finds.</summary>
    internal async Task RecordAsync(MeasuredRecall? recall, CancellationToken cancellationToken) => await _database.ExecuteAsync(
        $"comment on table {_table.Name} is {PostgresTable.Literal(PostgresNote.Of(Source, recall).ToString())}", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<IReadOnlyList<SearchHit>> SearchAsync(ReadOnlyMemory<float> query, int k, PostgresSearchOptions options, int fetched, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await WithinAsync(k, options, () => FetchAsync(query, options.Measure, fetched, cancellationToken), cancellationToken).ConfigureAwait(false);

            // Rows that were not fetched must be farther than the last hit by more than distances in float32 can be wrong.
            if (options.Exact && found.Count == fetched && found[^1].Distance - found[k - 1].Distance <= Tie * Math.Max(1, Math.Abs(found[k - 1].Distance)))
            {
                fetched *= 4;
                continue;
            }

            return
            [
                .. found.Select(row => new SearchHit(row.Id, Similarity.Of(options.Measure, query.Span, row.Vector), row.Text))
                    .Where(hit => options.MinScore is not { } least || hit.Score >= least)
                    .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Id, s_ids).Take(k),
            ];
        }
    }

    private static readonly IComparer<string> s_ids = Comparer<string>.Create(RowIds.Compare);

    private async Task<List<(string Id, string Text, float[] Vector, double Distance)>> FetchAsync(
        ReadOnlyMemory<float> query, SimilarityMeasure measure, int count, CancellationToken cancellationToken)
    {
        await using var command = _database.Command(_table.Nearest(measure), _table.Value(query.Span), (long)count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<(string, string, float[], double)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add((reader.GetString(0), reader.GetString(1), _table.Read(reader, 2), reader.GetDouble(3)));
        }

        return rows;
    }

    /// <summary>Runs a query with the settings of a search, which end with it.</summary>
    private async Task<T> WithinAsync<T>(int k, PostgresSearchOptions options, Func<Task<T>> query, CancellationToken cancellationToken)
    {
        await using var transaction = await _database.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        if (options.Exact)
        {
            await _database.ExecuteAsync("set local enable_indexscan = off", cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var efSearch = Math.Max(options.EfSearch ?? await EfSearchAsync(cancellationToken).ConfigureAwait(false), k);
            if (efSearch > MostEfSearch)
            {
                throw new ArgumentException($"An HNSW index of pgvector finds at most {MostEfSearch} rows, and {efSearch} are asked for; search exactly.");
            }

            await _database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"set local hnsw.ef_search = {efSearch}"), cancellationToken).ConfigureAwait(false);
        }

        var result = await query().ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }
}
