using MiCse.Search;
using MiCse.Search.Files;

namespace MiCse.Postgres;

/// <summary>One push of an index into a table: blocks of rows, each a transaction of its own; then what is too much is deleted, and the HNSW index made.</summary>
internal sealed class PostgresPush(VectorIndex index, string address, PostgresPushOptions options)
{
    private const long BlockBytes = 4 << 20;
    private const int BlockRows = 2_000;
    private const int RecallQueries = 100;
    private const int RecallTop = 10;

    private readonly PostgresTable _table = new(options.Table, index.Source.Dimensions);

    public async Task<PostgresPushResult> RunAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        // Before hours of loading.
        var hnsw = options.Hnsw ? _table.CreateHnsw(options.Measure) : null;
        await using var database = await PostgresDatabase.OpenAsync(address, create: true, cancellationToken).ConfigureAwait(false);
        await MakeTableAsync(database, cancellationToken).ConfigureAwait(false);
        var (rows, changed) = await LoadAsync(database, progress, cancellationToken).ConfigureAwait(false);
        var deleted = options.Prune ? await PruneAsync(database, cancellationToken).ConfigureAwait(false) : 0;
        if (hnsw is not null)
        {
            await database.ExecuteAsync(hnsw, cancellationToken).ConfigureAwait(false);
        }

        // The planner knows how large the table is.
        await database.ExecuteAsync($"analyze {_table.Name}", cancellationToken).ConfigureAwait(false);
        var count = (long)(await database.ValueAsync($"select count(*) from {_table.Name}", cancellationToken).ConfigureAwait(false))!;
        return new PostgresPushResult(rows, changed, deleted, count, hnsw is null ? null : await MeasureAsync(count, cancellationToken).ConfigureAwait(false));
    }

    private async Task MakeTableAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await database.ExecuteAsync("select pg_advisory_xact_lock(hashtext($1))", cancellationToken, _table.Name).ConfigureAwait(false);
        var (exists, comment) = await database.FindAsync(_table, cancellationToken).ConfigureAwait(false);
        if (exists)
        {
            var place = $"{PostgresAddress.Shown(address)}, table {options.Table}";
            PostgresNote.Parse(comment, place).Source.Require(index.Source, place);
        }
        else
        {
            await database.ExecuteAsync(_table.Create, cancellationToken).ConfigureAwait(false);
            await database.ExecuteAsync($"comment on table {_table.Name} is {PostgresTable.Literal(PostgresNote.Of(index.Source).ToString())}", cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<(long Rows, long Changed)> LoadAsync(PostgresDatabase database, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var loader = await BlockLoader.CreateAsync(database, _table, cancellationToken).ConfigureAwait(false);
        var (done, changed, bytes) = (0L, 0L, 0L);
        var block = new List<(string Id, string Text, object Vector)>();
        foreach (var (segment, row) in Rows())
        {
            block.Add(Row(segment, row, ref bytes));
            if (bytes >= BlockBytes || block.Count == BlockRows)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }

        await FlushAsync().ConfigureAwait(false);
        return (done, changed);

        async Task FlushAsync()
        {
            if (block.Count > 0)
            {
                changed += await loader.LoadAsync(block, cancellationToken).ConfigureAwait(false);
                done += block.Count;
                progress?.Report(done);
                block.Clear();
                bytes = 0;
            }
        }
    }

    private (string Id, string Text, object Vector) Row(Segment segment, int row, ref long bytes)
    {
        var vector = segment.Vector(row);
        var text = segment.Text(row);
        bytes += vector.Length * sizeof(float) + text.Length;
        return (RowId.Decode(segment.Id(row)), RowId.Decode(text), _table.Value(vector));
    }

    private IEnumerable<(Segment Segment, int Row)> Rows() =>
        from segment in index.Segments
        from row in Enumerable.Range(0, segment.Rows)
        where !segment.Removed.Contains(row)
        select (segment, row);

    private async Task<long> PruneAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        var extra = new List<string>();
        await using (var command = database.Command($"select id from {_table.Name}"))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (reader.GetString(0) is var id && !Contains(id))
                {
                    extra.Add(id);
                }
            }
        }

        var deleted = 0L;
        foreach (var block in extra.Chunk(BlockRows))
        {
            deleted += await database.ExecuteAsync($"delete from {_table.Name} where id = any($1)", cancellationToken, (object)block).ConfigureAwait(false);
        }

        return deleted;
    }

    private bool Contains(string id)
    {
        var bytes = RowId.Encode(id, "id");
        return index.Segments.Any(segment => segment.Find(bytes, segment.Removed) >= 0);
    }

    /// <summary>What the HNSW index finds of what the exact search here finds, for rows all over the index as queries.</summary>
    private async Task<double?> MeasureAsync(long count, CancellationToken cancellationToken)
    {
        await using var there = await PostgresIndex.OpenAsync(address, options.Table, cancellationToken).ConfigureAwait(false);
        var queries = await there.SampleAsync(RecallQueries, cancellationToken).ConfigureAwait(false);
        if (queries.Count == 0)
        {
            return null;
        }

        var exact = index.Search(queries, RecallTop, new SearchOptions { Measure = options.Measure }, cancellationToken);
        var share = 0.0;
        for (var query = 0; query < queries.Count; query++)
        {
            var found = await there.SearchAsync(queries[query].ToArray(), RecallTop, new PostgresSearchOptions { Measure = options.Measure }, cancellationToken).ConfigureAwait(false);
            share += RecallOf(exact[query], found);
        }

        share /= queries.Count;
        await there.RecordAsync(
            new MeasuredRecall(Math.Round(share, 4), RecallTop, queries.Count, await there.EfSearchAsync(cancellationToken).ConfigureAwait(false), count), cancellationToken).ConfigureAwait(false);
        return share;
    }

    /// <summary>The share of the nearest rows that were found; rows as near as the last of them count as well.</summary>
    public static double RecallOf(IReadOnlyList<SearchHit> exact, IReadOnlyList<SearchHit> found) =>
        exact.Count == 0 ? 1 : (double)found.Count(hit => hit.Score >= exact[^1].Score - 1e-9) / exact.Count;
}
