using CsCheck;
using MiCse.Files;
using MiCse.Search;
using MiCse.Tests.Data;

namespace MiCse.Tests.Search;

public sealed class VectorIndexWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Any sequence of changes leaves what a dictionary would hold after it.
    [Fact]
    public void Behaves_like_a_dictionary() => Gen.Select(Gen.Int[0, 6], Gen.Int[0, 9]).Array[0, 30].Sample(changes =>
    {
        var path = _folder.File(Guid.NewGuid().ToString("N"));
        var expected = new Dictionary<string, float[]>();
        var committed = new Dictionary<string, float[]>();
        var writer = VectorIndexWriter.Create(path, TestIndex.Source(2), (IndexPrecision)(changes.Length % 2));
        for (var step = 0; step < changes.Length; step++)
        {
            var (change, number) = changes[step];
            var id = $"id{number}";
            switch (change)
            {
                case 0 or 1 or 2:
                    expected[id] = [number, step];
                    writer.Put(id, $"{step}", expected[id]);
                    break;
                case 3:
                    Assert.Equal(expected.Remove(id), writer.Remove(id));
                    break;
                case 4:
                    writer.Commit();
                    committed = new(expected);
                    break;
                case 5:
                    writer.Compact(null, TestContext.Current.CancellationToken);
                    committed = new(expected);
                    break;
                default:
                    // The end of the program, without a commit.
                    writer.Dispose();
                    expected = new(committed);
                    writer = VectorIndexWriter.Open(path);
                    break;
            }

            Assert.Equal(expected.Count, writer.Count);
            Assert.Equal(expected.ContainsKey(id), writer.Contains(id));
        }

        writer.Dispose();
        using var index = VectorIndex.Open(path);
        index.Check(TestContext.Current.CancellationToken);
        Assert.Equal(committed.Count, index.Count);
        for (var number = 0; number < 10; number++)
        {
            var row = index.Find($"id{number}");
            Assert.Equal(committed.GetValueOrDefault($"id{number}"), row?.Vector);
            Assert.Equal(row?.Vector[1].ToString("0"), row?.Text);
        }
    }, iter: 12, threads: 1);

    [Fact]
    public void Rows_without_an_id_are_numbered_and_no_number_is_used_again()
    {
        var path = _folder.File("index");
        using (var writer = VectorIndexWriter.Create(path, TestIndex.Source(1)))
        {
            Assert.Equal(["1", "2", "3"], new[] { "a", "b", "c" }.Select(text => writer.Add(text, [1])));
            writer.Remove("3");
            writer.Put("7", "given", [1]);
            writer.Commit();
        }

        using (var writer = VectorIndexWriter.Open(path))
        {
            Assert.Equal("8", writer.Add("d", [1]));
            writer.Commit();
        }

        Assert.Equal(["1", "2", "7", "8"], TestIndex.Ids(path));
    }

    [Fact]
    public void An_open_index_does_not_change_and_survives_compaction()
    {
        var path = TestIndex.Write(_folder, TestIndex.Random(50, 3, seed: 1), 3, commitEvery: 10);
        using var before = VectorIndex.Open(path);
        using (var writer = VectorIndexWriter.Open(path))
        {
            writer.Remove("1");
            writer.Compact(null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(50, before.Search([1, 0, 0], 100, null, TestContext.Current.CancellationToken).Count);
        using var after = VectorIndex.Open(path);
        Assert.Equal(49, after.Count);
        Assert.Equal(0, after.RemovedCount);
        Assert.True(after.ByteCount < before.ByteCount);
    }

    [Fact]
    public void Compaction_leaves_the_files_of_one_segment()
    {
        var path = TestIndex.Write(_folder, TestIndex.Random(50, 3, seed: 1), 3, IndexPrecision.Int8, commitEvery: 10);
        using (var writer = VectorIndexWriter.Open(path))
        {
            writer.Compact(null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            ["000006.ends", "000006.float32", "000006.int8", "000006.order", "000006.scales", "000006.strings", "index.json", "writer.lock"],
            Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(50, TestIndex.Ids(path).Length);
    }

    [Fact]
    public void An_index_whose_rows_were_all_removed_is_an_empty_one()
    {
        var path = TestIndex.Write(_folder, TestIndex.Random(5, 3, seed: 1), 3, commitEvery: 2);
        using (var writer = VectorIndexWriter.Open(path))
        {
            Assert.All(Enumerable.Range(1, 5), id => Assert.True(writer.Remove($"{id}")));
            writer.Commit();
        }

        Assert.Empty(TestIndex.Ids(path));
        Assert.Equal(["index.json", "writer.lock"], Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_row_that_waits_for_a_commit_takes_few_bytes()
    {
        using var writer = VectorIndexWriter.Create(_folder.File("index"), TestIndex.Source(1));
        const int rows = 200_000;
        writer.Add("", [1]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var row = 0; row < rows; row++)
        {
            writer.Add("", [1]);
        }

        // Some twenty are those of the id, its place and its slot; lists double.
        Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / rows, 0, 60);
        Assert.Equal(rows + 1, writer.Count);
    }

    [Fact]
    public void There_is_one_writer()
    {
        var path = TestIndex.Write(_folder, TestIndex.Random(5, 3, seed: 1), 3);
        using (VectorIndexWriter.Open(path))
        {
            var failure = Assert.Throws<IOException>(() => VectorIndexWriter.Open(path));
            Assert.StartsWith($"{path}: another process is changing this index", failure.Message, StringComparison.Ordinal);
            Assert.Equal(5, TestIndex.Ids(path).Length);
        }

        VectorIndexWriter.Open(path).Dispose();
    }

    [Fact]
    public void Vectors_that_cannot_be_searched_are_refused_and_the_rest_goes_on()
    {
        var path = _folder.File("index");
        using (var writer = VectorIndexWriter.Create(path, TestIndex.Source(2)))
        {
            writer.Put("good", "text", [1, 2]);
            Assert.Equal(
                "The vector of 'bad' has NaN at position 1; all values must be finite.", Message(() => writer.Put("bad", "text", [1, float.NaN])));
            Assert.Contains("has Infinity at position 0", Message(() => writer.Put("bad", "text", [float.PositiveInfinity, 0])), StringComparison.Ordinal);
            Assert.Contains("length 1.0E-20", Message(() => writer.Put("bad", "text", [1e-20f, 0])), StringComparison.Ordinal);
            Assert.Contains("has 3 dimensions, expected are 2", Message(() => writer.Put("bad", "text", [1, 2, 3])), StringComparison.Ordinal);
            Assert.Contains("surrogate", Message(() => writer.Put("bad", "\ud800", [1, 2])), StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => writer.Put("", "text", [1, 2]));
            writer.Commit();
        }

        Assert.Equal(["good"], TestIndex.Ids(path));
    }

    [Fact]
    public void Another_models_vectors_are_refused_by_name_and_by_fingerprint()
    {
        var source = new VectorSource("one", "mean", 4, "abc");

        source.Require(source with { Model = "moved/one" }, "index");
        Assert.Equal(
            "index: holds vectors of one (mean, 4 dimensions), which cannot be compared with those of two (cls, 5 dimensions); use the index's model, or build a new index.",
            Assert.Throws<DataFormatException>(() => source.Require(new VectorSource("two", "cls", 5, "abc"), "index")).Message);
        Assert.Contains("the model has changed since", Assert.Throws<DataFormatException>(
            () => source.Require(source with { Fingerprint = "def" }, "index")).Message, StringComparison.Ordinal);
        Assert.Throws<DataFormatException>(() => source.Require(new VectorSource("two", "mean", 4), "index"));
        new VectorSource("two", "mean", 4).Require(source with { Model = "two" }, "index");
    }

    [Fact]
    public void The_fingerprint_tells_weights_apart_and_not_folders()
    {
        using var model = new SmallModel();
        using var encoder = SentenceEncoder.Load(model.Path);
        var copy = _folder.File("copy");
        foreach (var file in Directory.GetFiles(model.Path, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(model.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        using var moved = SentenceEncoder.Load(copy);
        var (first, second) = (VectorSource.Of(encoder), VectorSource.Of(moved));
        Assert.NotEqual(first.Model, second.Model);
        first.Require(second, "index");

        var weights = Path.Combine(copy, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        using var changed = SentenceEncoder.Load(copy);
        Assert.Throws<DataFormatException>(() => first.Require(VectorSource.Of(changed), "index"));
    }

    [Fact]
    public void Folders_that_are_no_index_are_one_sentence_and_left_alone()
    {
        File.WriteAllText(_folder.File("a.txt"), "mine");

        Assert.Contains("there is no such index", Assert.Throws<DataFormatException>(() => VectorIndex.Open(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("so it is not an index", Assert.Throws<DataFormatException>(() => VectorIndexWriter.Open(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<DataFormatException>(() => VectorIndex.Open(_folder.File("a.txt"))).Message, StringComparison.Ordinal);
        Assert.Contains("has files in it already", Assert.Throws<IOException>(
            () => VectorIndexWriter.Create(_folder.Path, TestIndex.Source(2))).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<IOException>(
            () => VectorIndexWriter.Create(_folder.File("a.txt"), TestIndex.Source(2))).Message, StringComparison.Ordinal);
    }

    private static string Message(Action put) => Assert.ThrowsAny<ArgumentException>(put).Message;
}
