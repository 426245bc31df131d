using MiCse.Files;
using MiCse.Numerics;
using MiCse.Search;
using MiCse.Search.Files;
using MiCse.Tests.Data;
using MiCse.Vectors;

namespace MiCse.Tests.Search;

/// <summary>Indexes whose rows are divided into cells: exact as ever, and with a recall that is told where that is asked for.</summary>
public sealed class CellTests : IDisposable
{
    private const int Dimensions = 16;
    private const int Rows = 3000;

    private static readonly VectorSource s_source = new("model", "mean", Dimensions, "fingerprint");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => _folder.File("index");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(IndexPrecision.Float32)]
    [InlineData(IndexPrecision.Int8)]
    public void Exact_searches_find_the_same_as_before(IndexPrecision precision)
    {
        List<List<string>> before;
        using (var index = Write(precision))
        {
            before = Searched(index, null);
        }

        Divide(40);
        using var divided = VectorIndex.Open(Path);

        Assert.Equal(before, Searched(divided, null));
        Assert.Equal(before, Searched(divided, new SearchOptions { Recall = 1 }));
        Assert.Equal(Rows, divided.Count);
        Assert.NotNull(divided.Find("1234"));
        divided.Check(Token);
    }

    [Theory]
    [InlineData(IndexPrecision.Float32)]
    [InlineData(IndexPrecision.Int8)]
    public void An_approximate_search_finds_the_best_of_the_cells_it_reads(IndexPrecision precision)
    {
        Write(precision).Dispose();
        Divide(40);
        using var index = VectorIndex.Open(Path);
        var segment = index.Segments[0];

        foreach (var number in Enumerable.Range(0, 20))
        {
            var query = Query(number);
            var read = segment.Cells!.Nearest(query, 3, 10).SelectMany(range => Enumerable.Range(range.First, range.Count)).ToList();
            var best = read.Select(row => new SearchHit(RowId.Decode(segment.Id(row)), Similarity.Cosine(query, segment.Vector(row)), RowId.Decode(segment.Text(row))))
                .OrderByDescending(hit => hit.Score).Take(10).Select(hit => hit.Id);

            var found = index.SearchCells(new EmbeddingMatrix(query, 1, Dimensions), 10, new SearchOptions(), 3, Token)[0];

            Assert.InRange(read.Count, 30, Rows / 4);
            Assert.Equal(best, found.Select(hit => hit.Id));
        }
    }

    [Fact]
    public void As_few_cells_are_read_as_found_enough_when_that_was_measured()
    {
        Write().Dispose();
        Divide(60);
        using var index = VectorIndex.Open(Path);
        var measured = index.Segments[0].Entry.Recall!;

        Assert.Equal(measured.Select(recall => recall.Probes), Enumerable.Range(0, measured.Count).Select(power => 1 << power));
        Assert.Equal(measured.Select(recall => recall.Share).Order(), measured.Select(recall => recall.Share));
        Assert.Equal(measured.First(recall => recall.Share >= 0.9), index.Probes(new SearchOptions { Recall = 0.9 }));
        Assert.InRange(index.ExpectedRecall(new SearchOptions { Recall = 0.9 }), 0.9, 1);
        Assert.Equal(1, index.ExpectedRecall(null));
        Assert.Equal(1, index.ExpectedRecall(new SearchOptions { Recall = 0.9, Measure = SimilarityMeasure.Euclidean }));

        // Queries that are no rows find about as much.
        var (exact, found) = (Searched(index, null), Searched(index, new SearchOptions { Recall = 0.9 }));
        var share = exact.Zip(found, (all, some) => some.Intersect(all).Count() / 10.0).Average();
        Assert.InRange(share, 0.8, 1);
    }

    [Fact]
    public void The_same_rows_give_the_same_files()
    {
        Write().Dispose();
        foreach (var copy in new[] { "first", "second" })
        {
            Directory.CreateDirectory(_folder.File(copy));
            foreach (var file in Directory.GetFiles(Path))
            {
                File.Copy(file, System.IO.Path.Combine(_folder.File(copy), System.IO.Path.GetFileName(file)));
            }

            using var writer = VectorIndexWriter.Open(_folder.File(copy));
            writer.Divide(30, cancellationToken: Token);
        }

        var files = Directory.GetFiles(_folder.File("first")).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
        Assert.Contains(files, file => file.EndsWith(".centers", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(System.IO.Path.Combine(_folder.File("first"), file)), File.ReadAllBytes(System.IO.Path.Combine(_folder.File("second"), file))));
    }

    [Fact]
    public void Rows_that_come_and_go_after_the_division_are_found_and_not()
    {
        Write().Dispose();
        Divide(40);
        var gone = Query(3);
        using (var writer = VectorIndexWriter.Open(Path))
        {
            using (var index = VectorIndex.Open(Path))
            {
                Assert.True(writer.Remove(index.Search(gone, 1, null, Token)[0].Id));
            }

            writer.Put("new", "new", gone);
            writer.Put("77", "changed", gone);
            writer.Commit();
        }

        using var changed = VectorIndex.Open(Path);
        var found = changed.Search(gone, 10, new SearchOptions { Recall = 0.5 }, Token);

        Assert.Equal(["77", "new"], found.Take(2).Select(hit => hit.Id));
        Assert.Equal(10, found.Count);
        Assert.Equal(changed.Search(gone, 1, null, Token)[0], found[0]);
    }

    [Fact]
    public void More_hits_than_a_cell_has_rows_are_found()
    {
        Write().Dispose();
        Divide(300);
        using var index = VectorIndex.Open(Path);

        Assert.Equal(500, index.SearchCells(new EmbeddingMatrix(Query(1), 1, Dimensions), 500, new SearchOptions(), 1, Token)[0].Count);
        Assert.Equal(Rows, index.SearchCells(new EmbeddingMatrix(Query(1), 1, Dimensions), 2 * Rows, new SearchOptions(), 1, Token)[0].Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Few_rows_and_rows_that_are_alike_are_divided_too(int rows)
    {
        using (var writer = VectorIndexWriter.Create(Path, s_source))
        {
            for (var row = 0; row < rows; row++)
            {
                writer.Add("text", row == 2 ? new float[Dimensions] : Query(1));
            }

            writer.Commit();
        }

        Divide(null);
        Divide(10);
        using var index = VectorIndex.Open(Path);

        Assert.Equal(index.Search(Query(1), 5, null, Token), index.Search(Query(1), 5, new SearchOptions { Recall = 0.5 }, Token));
    }

    [Fact]
    public void Compacting_ends_the_division()
    {
        Write().Dispose();
        Divide(20);
        using (var writer = VectorIndexWriter.Open(Path))
        {
            writer.Compact(cancellationToken: Token);
        }

        using var index = VectorIndex.Open(Path);
        Assert.Null(index.Segments[0].Cells);
        Assert.Equal(1, index.ExpectedRecall(new SearchOptions { Recall = 0.1 }));
        Assert.DoesNotContain(Directory.GetFiles(Path), file => file.EndsWith(".centers", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_recall_that_is_no_share_is_refused(double recall)
    {
        using var index = Write();

        Assert.Throws<ArgumentException>(() => index.Search(Query(1), 1, new SearchOptions { Recall = recall }, Token));
    }

    [Fact]
    public void Cells_that_do_not_fit_the_rows_are_one_sentence()
    {
        var centers = new EmbeddingMatrix(2, Dimensions);

        Assert.Equal(2, new CellTable(centers, [0, 3, 5], 5, "here").Count);
        Assert.All(new int[][] { [0, 5], [0, 6, 5], [1, 3, 5], [0, 3, 4], [0, -1, 5] }, bounds => Assert.Throws<DataFormatException>(() => new CellTable(centers, bounds, 5, "here")));
    }

    [Fact]
    public void The_command_line_divides_and_tells_the_recall()
    {
        var model = TinyModel.Write(_folder.File("model"));
        File.WriteAllLines(_folder.File("texts.txt"), Enumerable.Range(0, 900).Select(number => $"the dog {number} plays {number % 7} in winter"));
        Assert.Equal(0, CommandRun.Of("index", _folder.File("texts.txt"), "--model", model, "-o", _folder.File("texts.index")).ExitCode);
        string[] search = ["search", _folder.File("texts.index"), "the dog plays", "--json"];
        var exact = CommandRun.Of(search);
        Assert.Contains("searched exactly", Assert.Single(CommandRun.Of([.. search, "--recall", "0.5"]).ErrorLines), StringComparison.Ordinal);

        Assert.Equal(0, CommandRun.Of("index", "compact", _folder.File("texts.index"), "--approximate", "--cells", "30").ExitCode);

        Assert.Equal((exact.Output, ""), (CommandRun.Of(search).Output, CommandRun.Of(search).Error));
        var told = CommandRun.Of([.. search, "--recall", "0.5"]);
        Assert.Contains("% of the 10 nearest", Assert.Single(told.ErrorLines), StringComparison.Ordinal);
        Assert.Equal((exact.Output, ""), (CommandRun.Of([.. search, "--recall", "0.5", "--exact"]).Output, CommandRun.Of([.. search, "--recall", "0.5", "--exact"]).Error));
        Assert.Equal(2, CommandRun.Of("index", "compact", _folder.File("texts.index"), "--cells", "3").ExitCode);
        Assert.Equal(2, CommandRun.Of([.. search, "--recall", "0"]).ExitCode);
    }

    // In some directions more than in others, as texts are.
    private static float[] Query(int seed)
    {
        var random = new RandomSequence(seed);
        var topic = new RandomSequence(1_000_000 + seed % 37);
        return [.. Enumerable.Range(0, Dimensions).Select(_ => (float)(topic.NextDouble() - 0.5 + 0.6 * (random.NextDouble() - 0.5)))];
    }

    private static List<List<string>> Searched(VectorIndex index, SearchOptions? options) =>
        [.. Enumerable.Range(0, 40).Select(number => index.Search(Query(10_000 + number), 10, options, Token).Select(hit => hit.Id).ToList())];

    private VectorIndex Write(IndexPrecision precision = IndexPrecision.Float32)
    {
        using (var writer = VectorIndexWriter.Create(Path, s_source, precision))
        {
            for (var row = 0; row < Rows; row++)
            {
                writer.Add($"text {row}", Query(row));
                if (row == 1000)
                {
                    writer.Commit();
                }
            }

            writer.Commit();
        }

        return VectorIndex.Open(Path);
    }

    private void Divide(int? cells)
    {
        using var writer = VectorIndexWriter.Open(Path);
        writer.Divide(cells, cancellationToken: Token);
    }
}
