using System.Globalization;
using MiCse.Files;
using MiCse.Numerics;
using MiCse.Postgres;
using MiCse.Search;
using MiCse.Tests.Data;
using MiCse.Vectors;

namespace MiCse.Tests.Scale;

/// <summary>Indexes in Postgres, on a real server.</summary>
public sealed class PostgresTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private static readonly VectorSource s_source = new("model", "mean", 24, "fingerprint") { Prompt = "" };
    private static int s_tables;

    private readonly TemporaryFolder _folder = new();
    private readonly string _table = $"t{Environment.ProcessId}_{Interlocked.Increment(ref s_tables)}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Exact_search_finds_what_the_index_finds()
    {
        using var index = Index(700);
        await PushAsync(index);
        await using var there = await PostgresIndex.OpenAsync(server.Address, _table, Token);

        Assert.Equal(700, await there.CountAsync(Token));
        Assert.Equal(s_source, there.Source);
        foreach (var measure in Enum.GetValues<SimilarityMeasure>())
        {
            foreach (var query in Enumerable.Range(0, 4).Select(number => Vector(5000 + number)))
            {
                Assert.Equal(
                    index.Search(query, 10, new SearchOptions { Measure = measure }, Token),
                    await there.SearchAsync(query, 10, new PostgresSearchOptions { Measure = measure, Exact = true }, Token));
            }
        }
    }

    [Fact]
    public async Task Rows_that_are_as_near_as_others_come_in_the_order_of_their_ids()
    {
        using var index = Index(60, number => Vector(number % 3));
        await PushAsync(index);
        await using var there = await PostgresIndex.OpenAsync(server.Address, _table, Token);

        var found = await there.SearchAsync(Vector(1), 12, new PostgresSearchOptions { Exact = true }, Token);

        Assert.Equal(index.Search(Vector(1), 12, null, Token), found);
        Assert.Equal(["2", "5", "8", "11"], found.Take(4).Select(hit => hit.Id));
    }

    [Fact]
    public async Task A_push_that_ended_in_the_middle_is_finished_by_the_next()
    {
        using var index = Index(5000);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = new Progress(_ => stop.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostgresIndex.PushAsync(index, server.Address, Options(), first, stop.Token));
        Assert.InRange((long)(await server.ValueAsync($"select count(*) from {_table}"))!, 1, 4999);
        var second = await PushAsync(index);
        var third = await PushAsync(index);

        Assert.InRange(second.Changed, 1, 4999);
        Assert.Equal((5000, 0, 5000), (third.Rows, third.Changed, third.TableRows));
        Assert.Equal(5000L, await server.ValueAsync($"select count(*) from {_table}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(900)]
    [InlineData(1999)]
    public async Task A_push_that_is_stopped_in_a_block_ends_as_stopped(int stoppedAt)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var table = new PostgresTable(_table, 300);
        await using var database = await PostgresDatabase.OpenAsync(server.Address, create: true, Token);
        await database.ExecuteAsync(table.Create, Token);
        var loader = await BlockLoader.CreateAsync(database, table, Token);
        var rows = new StoppingRows(2000, row => (row.ToString(CultureInfo.InvariantCulture), "text", table.Value(Vector(row, 300))), stoppedAt, stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostgresFailure.Explained(server.Address, () => loader.LoadAsync(rows, stop.Token), stop.Token));

        Assert.Equal(0L, await server.ValueAsync($"select count(*) from {_table}"));
    }

    [Fact]
    public async Task What_becomes_of_a_stopped_connection_is_no_failure()
    {
        using var stop = new CancellationTokenSource();

        // As of an importer whose connection Npgsql has given up.
        var stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostgresFailure.Explained<int>("postgres://here/app", () =>
        {
            stop.Cancel();
            throw new ObjectDisposedException("NpgsqlConnector");
        }, stop.Token));

        Assert.IsType<ObjectDisposedException>(stopped.InnerException);
        Assert.Equal(stop.Token, stopped.CancellationToken);
    }

    [Fact]
    public async Task What_has_changed_in_the_index_is_changed_in_the_table()
    {
        using (var index = Index(100))
        {
            await PushAsync(index);
        }

        using (var writer = VectorIndexWriter.Open(_folder.File("index")))
        {
            writer.Put("7", "it's \"quoted\" \\ and more: é 中 🙂", Vector(4711));
            writer.Remove("8");
            writer.Put("new", "", Vector(4712));
            writer.Commit();
        }

        using var changed = VectorIndex.Open(_folder.File("index"));
        var kept = await PushAsync(changed);
        Assert.Equal((100, 2, 0, 101), (kept.Rows, kept.Changed, kept.Deleted, kept.TableRows));
        var pruned = await PushAsync(changed, Options() with { Prune = true });
        Assert.Equal((0, 1, 100), (pruned.Changed, pruned.Deleted, pruned.TableRows));

        await using var there = await PostgresIndex.OpenAsync(server.Address, _table, Token);
        Assert.Equal(changed.Search(Vector(4711), 100, null, Token), await there.SearchAsync(Vector(4711), 100, new PostgresSearchOptions { Exact = true }, Token));
    }

    [Fact]
    public async Task Hnsw_is_made_measured_and_told()
    {
        using var index = Index(3000);
        var pushed = await PushAsync(index, Options() with { Hnsw = true });
        await using var there = await PostgresIndex.OpenAsync(server.Address, _table, Token);

        Assert.InRange(pushed.Recall!.Value, 0.5, 1);
        Assert.Equal(pushed.Recall.Value, there.Recall!.Value, 3);
        Assert.True(await there.UsesHnswAsync(10, new PostgresSearchOptions(), Token));
        Assert.False(await there.UsesHnswAsync(10, new PostgresSearchOptions { Exact = true }, Token));
        Assert.Equal(60, (await there.SearchAsync(Vector(1), 60, null, Token)).Count); // more than the usual ef_search
        await Assert.ThrowsAsync<ArgumentException>(() => there.SearchAsync(Vector(1), 1500, null, Token));
    }

    [Fact]
    public async Task Wide_vectors_are_kept_in_16_bits()
    {
        const int Wide = 2100;
        using (var writer = VectorIndexWriter.Create(_folder.File("wide"), s_source with { Dimensions = Wide }))
        {
            for (var row = 0; row < 30; row++)
            {
                writer.Add($"text {row}", Vector(row, Wide));
            }

            writer.Commit();
        }

        using var index = VectorIndex.Open(_folder.File("wide"));
        await PushAsync(index, Options() with { Hnsw = true });
        await using var there = await PostgresIndex.OpenAsync(server.Address, _table, Token);

        Assert.Equal("halfvec(2100)", await server.ValueAsync($"select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '{_table}'::regclass and attname = 'embedding'"));
        var exact = index.Search(Vector(7, Wide), 5, null, Token);
        var found = await there.SearchAsync(Vector(7, Wide), 5, new PostgresSearchOptions { Exact = true }, Token);
        Assert.Equal(exact[0].Id, found[0].Id);
        Assert.Equal(exact[0].Score, found[0].Score, 3);
    }

    [Fact]
    public async Task Vectors_of_another_model_are_refused()
    {
        using var index = Index(10);
        await PushAsync(index);
        using (var writer = VectorIndexWriter.Create(_folder.File("other"), s_source with { Fingerprint = "another" }))
        {
            writer.Add("text", Vector(1));
            writer.Commit();
        }

        using var other = VectorIndex.Open(_folder.File("other"));
        await Assert.ThrowsAsync<DataFormatException>(() => PushAsync(other));
        Assert.Equal(10L, await server.ValueAsync($"select count(*) from {_table}"));
    }

    [Fact]
    public async Task A_table_that_is_not_ours_is_left_alone()
    {
        await server.ValueAsync($"create table {_table} (id text)");
        using var index = Index(10);

        Assert.Contains("index push", (await Assert.ThrowsAsync<DataFormatException>(() => PushAsync(index))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DataFormatException>(() => PostgresIndex.OpenAsync(server.Address, _table, Token));
        Assert.Contains("no such table", (await Assert.ThrowsAsync<DataFormatException>(() => PostgresIndex.OpenAsync(server.Address, _table + "x", Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_Postgres_cannot_hold_is_named()
    {
        using (var writer = VectorIndexWriter.Create(_folder.File("nul"), s_source))
        {
            writer.Put("bad", "a\0b", Vector(1));
            writer.Commit();
        }

        using var index = VectorIndex.Open(_folder.File("nul"));
        Assert.Contains("'bad'", (await Assert.ThrowsAsync<DataFormatException>(() => PushAsync(index))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_with_anything_in_them_are_quoted()
    {
        using var index = Index(5);
        var name = $"{_table} \"Drop\" Table;'";

        await PushAsync(index, Options() with { Table = name, Hnsw = true });
        await using var there = await PostgresIndex.OpenAsync(server.Address, name, Token);

        Assert.Equal(5, await there.CountAsync(Token));
    }

    [Fact]
    public void The_command_line_pushes_searches_and_verifies()
    {
        _ = server.Address;
        var model = TinyModel.Write(_folder.File("model"));
        File.WriteAllLines(_folder.File("texts.txt"), Enumerable.Range(0, 400).Select(number => $"the dog {number} plays {number % 7} in winter"));
        File.WriteAllLines(_folder.File("queries.txt"), Enumerable.Range(0, 20).Select(number => $"a man {number} plays {number % 5}"));
        Assert.Equal(0, CommandRun.Of("index", _folder.File("texts.txt"), "--model", model, "-o", _folder.File("texts.index")).ExitCode);

        var push = CommandRun.Of("index", "push", _folder.File("texts.index"), "--to", server.Address, "--table", _table, "--hnsw", "--json");
        Assert.Equal((0, ""), (push.ExitCode, push.Error));
        Assert.Equal(400, push.Json.GetProperty("tableRows").GetInt32());
        string[] search = ["the dog plays", "snow in winter", "-k", "10", "--json"];
        var exact = CommandRun.Of(["search", server.Address, "--table", _table, "--exact", .. search]);
        Assert.Equal((0, ""), (exact.ExitCode, exact.Error));
        Assert.Equal(CommandRun.Of(["search", _folder.File("texts.index"), .. search]).Output, exact.Output);
        Assert.Contains("approximately", Assert.Single(CommandRun.Of(["search", server.Address, "--table", _table, .. search]).ErrorLines), StringComparison.Ordinal);
        var verify = CommandRun.Of("verify", "--against", server.Address, "--table", _table, "--data", _folder.File("queries.txt"), "--min-recall", "0", "--json");
        Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
        Assert.Equal(20, verify.Json.GetProperty("queries").GetInt32());
        Assert.InRange(verify.Json.GetProperty("recall").GetDouble(), 0, 1);
        Assert.Equal(1, CommandRun.Of(["search", server.Address, "--table", _table, "--model", OtherModel(), .. search]).ExitCode);
    }

    [Theory]
    [InlineData("postgres://me:se%40cret@db.example:6543/app", "Host=db.example;Port=6543;Username=me;Password=se@cret;Database=app")]
    [InlineData("postgresql://db.example/app?sslmode=require", "Host=db.example;Database=app;SSL Mode=Require")]
    [InlineData("postgres://db.example/app?Options=-c%20maintenance_work_mem%3D2GB", "Host=db.example;Database=app;Options=\"-c maintenance_work_mem=2GB\"")]
    [InlineData("Host=db;Database=app", "Host=db;Database=app")]
    public void Addresses_are_understood(string address, string expected) => Assert.Equal(expected, PostgresAddress.Parse(address).ConnectionString);

    [Theory]
    [InlineData("postgres://me:secret@db.example/app", "postgres://me:…@db.example/app")]
    [InlineData("Host=db;Password=secret;Database=app", "Host=db;Password=…;Database=app")]
    public void Passwords_are_not_shown(string address, string expected) => Assert.Equal(expected, PostgresAddress.Shown(address));

    [Theory]
    [InlineData("postgres://nobody@127.0.0.1:1/none", 1, "127.0.0.1:1")]
    [InlineData("Nonsense=1", 2, "expected postgres://")]
    public void A_database_that_is_not_there_is_one_sentence(string address, int exitCode, string problem)
    {
        using (Index(3))
        {
        }

        var run = CommandRun.Of("index", "push", _folder.File("index"), "--to", address);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(problem, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_databases_are_refused_for_folders()
    {
        using (Index(3))
        {
        }

        Assert.Equal(2, CommandRun.Of("search", _folder.File("index"), "text", "--table", "t").ExitCode);
    }

    private static float[] Vector(int seed, int dimensions = 24)
    {
        var random = new RandomSequence(seed);
        return [.. Enumerable.Range(0, dimensions).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private VectorIndex Index(int rows, Func<int, float[]>? vector = null)
    {
        using (var writer = VectorIndexWriter.Create(_folder.File("index"), s_source))
        {
            for (var row = 0; row < rows; row++)
            {
                writer.Add($"text {row}", (vector ?? (number => Vector(number)))(row));
            }

            writer.Commit();
        }

        return VectorIndex.Open(_folder.File("index"));
    }

    private string OtherModel()
    {
        var folder = TinyModel.Write(_folder.File("other-model"));
        var weights = Path.Combine(folder, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.Delete(weights);
        File.WriteAllBytes(weights, bytes);
        return folder;
    }

    private PostgresPushOptions Options() => new() { Table = _table };

    private Task<PostgresPushResult> PushAsync(VectorIndex index, PostgresPushOptions? options = null) =>
        PostgresIndex.PushAsync(index, server.Address, options ?? Options(), null, Token);

    /// <summary>Rows of a block, of which one stops its loading.</summary>
    private sealed class StoppingRows(int count, Func<int, (string, string, object)> row, int stoppedAt, CancellationTokenSource stop) : IReadOnlyList<(string, string, object)>
    {
        private bool _isLooked;

        public int Count => count;

        public (string, string, object) this[int index] => row(index);

        public IEnumerator<(string, string, object)> GetEnumerator()
        {
            // The first look is for texts that Postgres does not store.
            var isLoaded = _isLooked;
            _isLooked = true;
            for (var index = 0; index < count; index++)
            {
                if (isLoaded && index == stoppedAt)
                {
                    stop.Cancel();
                }

                yield return row(index);
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Reports where they are made, at once.</summary>
    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => report(value);
    }
}
