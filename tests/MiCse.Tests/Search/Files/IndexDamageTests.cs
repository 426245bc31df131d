using MiCse.Files;
using MiCse.Search;
using MiCse.Tests.Data;

namespace MiCse.Tests.Search.Files;

public sealed class IndexDamageTests : IDisposable
{
    private static readonly string[] s_old = ["1", "2", "3"];
    private static readonly string[] s_new = ["2", "3", "4", "5"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(IndexPrecision.Float32)]
    [InlineData(IndexPrecision.Int8)]
    public void A_file_cut_anywhere_is_one_sentence(IndexPrecision precision)
    {
        var path = WriteNew(precision);
        foreach (var file in Files(path))
        {
            var whole = File.ReadAllBytes(file);
            // Short files byte by byte, the others by strides that hit data and tables, and all without their last byte but the manifest, whose last
            // byte is the end of a line.
            var end = file.EndsWith(".json", StringComparison.Ordinal) ? whole.Length - 1 : whole.Length;
            foreach (var length in Enumerable.Range(0, end).Where(length => whole.Length < 100 || length % 11 == 0 || length == end - 1))
            {
                File.WriteAllBytes(file, whole[..length]);
                AssertOneSentence(path);
            }

            File.WriteAllBytes(file, whole);
        }

        Assert.Equal(s_new, TestIndex.Ids(path));
    }

    [Theory]
    [InlineData(IndexPrecision.Float32)]
    [InlineData(IndexPrecision.Int8)]
    public void A_flipped_bit_is_one_sentence_unless_it_means_nothing(IndexPrecision precision)
    {
        var path = WriteNew(precision);
        var random = new Random(1);
        var (flips, seen) = (0, 0);
        foreach (var file in Files(path))
        {
            var whole = File.ReadAllBytes(file);
            for (var flip = 0; flip < 25; flip++)
            {
                var at = random.Next(file.EndsWith(".json", StringComparison.Ordinal) ? whole.Length - 1 : whole.Length);
                var broken = (byte[])whole.Clone();
                broken[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, broken);
                flips++;
                try
                {
                    // Some bytes only fill a file up to where the table of checksums begins.
                    Assert.Equal(s_new, TestIndex.Ids(path));
                }
                catch (DataFormatException failure)
                {
                    seen++;
                    Assert.StartsWith(path, failure.Message, StringComparison.Ordinal);
                    Assert.DoesNotContain('\n', failure.Message);
                }
            }

            File.WriteAllBytes(file, whole);
        }

        Assert.InRange(seen, flips * 9 / 10, flips);
    }

    [Fact]
    public void A_missing_file_is_one_sentence()
    {
        var path = WriteNew(IndexPrecision.Int8);
        foreach (var file in Files(path))
        {
            File.Move(file, file + ".away");
            AssertOneSentence(path);
            File.Move(file + ".away", file);
        }
    }

    [Fact]
    public void A_writer_killed_at_any_moment_leaves_the_old_state_or_the_new_one()
    {
        // Whatever part of the new files is there, and however much of each, counts only once the manifest does.
        var path = WriteOld(IndexPrecision.Float32);
        var old = Files(path).ToDictionary(file => file, File.ReadAllBytes);
        Change(path);
        var added = Files(path).Where(file => !old.ContainsKey(file)).ToDictionary(file => file, File.ReadAllBytes);
        var manifest = File.ReadAllBytes(Path.Combine(path, "index.json"));
        var random = new Random(2);
        for (var moment = 0; moment < 40; moment++)
        {
            File.WriteAllBytes(Path.Combine(path, "index.json"), old[Path.Combine(path, "index.json")]);
            File.WriteAllBytes(Path.Combine(path, ".index.json.0.tmp"), manifest[..random.Next(manifest.Length)]);
            foreach (var (file, bytes) in added)
            {
                File.Delete(file);
                if (random.Next(3) > 0)
                {
                    File.WriteAllBytes(file, bytes[..random.Next(bytes.Length + 1)]);
                }
            }

            Assert.Equal(s_old, TestIndex.Ids(path));
        }

        Change(path);
        Assert.Equal(s_new, TestIndex.Ids(path));
        Assert.DoesNotContain(Files(path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_the_index_goes_on()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        var path = WriteOld(IndexPrecision.Float32);
        using (var writer = VectorIndexWriter.Open(path))
        {
            // Writing to this device fails as on a full disk.
            File.CreateSymbolicLink(Path.Combine(path, "000002.strings"), "/dev/full");
            writer.Remove("1");
            writer.Put("4", "lost", [4, 4]);
            var failure = Assert.Throws<IOException>(writer.Commit);
            Assert.StartsWith($"{path}: cannot be written, the disk is full", failure.Message, StringComparison.Ordinal);
            Assert.Equal(s_old, TestIndex.Ids(path));
            Assert.Equal(3, writer.Count);

            writer.Put("4", "kept", [4, 4]);
            writer.Commit();
        }

        Assert.Equal(["1", "2", "3", "4"], TestIndex.Ids(path));
        using var index = VectorIndex.Open(path);
        Assert.Equal("kept", index.Find("4")?.Text);
    }

    [Fact]
    public void A_full_disk_in_the_middle_of_adding_drops_what_was_not_committed()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        var path = WriteOld(IndexPrecision.Float32);
        using var writer = VectorIndexWriter.Open(path);
        File.CreateSymbolicLink(Path.Combine(path, "000002.strings"), "/dev/full");

        var failure = Assert.Throws<IOException>(() =>
        {
            for (var row = 0; row < 100; row++)
            {
                writer.Add(new string('x', 10_000), [1, 1]);
            }
        });

        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, writer.Count);
        Assert.Equal("4", writer.Add("text", [1, 1]));
        writer.Commit();
        Assert.Equal(["1", "2", "3", "4"], TestIndex.Ids(path));
    }

    [Fact]
    public void Cancelled_compaction_changes_nothing()
    {
        var path = TestIndex.Write(_folder, TestIndex.Random(5000, 1, seed: 1), 1, commitEvery: 2500);
        using (var writer = VectorIndexWriter.Open(path))
        {
            Assert.ThrowsAny<OperationCanceledException>(() => writer.Compact(null, new CancellationToken(canceled: true)));
        }

        Assert.Equal(5000, TestIndex.Ids(path).Length);
        Assert.Equal(["000001", "000002", "index", "writer"], Directory.GetFiles(path).Select(file => Path.GetFileName(file).Split('.')[0]).Distinct().Order());
    }

    [Fact]
    public void A_later_format_is_named()
    {
        var path = WriteOld(IndexPrecision.Float32);
        using var index = VectorIndex.Open(path);
        (index.Manifest with { Version = 2 }).Write(path);

        Assert.Contains("is of version 2, known is 1", Assert.Throws<DataFormatException>(() => VectorIndex.Open(path)).Message, StringComparison.Ordinal);
    }

    private static void AssertOneSentence(string path)
    {
        var failure = Assert.Throws<DataFormatException>(() => TestIndex.Ids(path));
        Assert.StartsWith(path, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static IReadOnlyList<string> Files(string path) =>
        [.. Directory.GetFiles(path, "*", new EnumerationOptions { AttributesToSkip = 0 }).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))];

    private string WriteOld(IndexPrecision precision) => TestIndex.Write(_folder, [("1", [1, 0]), ("2", [0, 1]), ("3", [1, 1])], 2, precision);

    private string WriteNew(IndexPrecision precision)
    {
        var path = WriteOld(precision);
        Change(path);
        Assert.Equal(s_new, TestIndex.Ids(path));
        return path;
    }

    private static void Change(string path)
    {
        using var writer = VectorIndexWriter.Open(path);
        writer.Remove("1");
        writer.Put("4", "four", [1, 2]);
        writer.Put("5", "five", [2, 1]);
        writer.Commit();
    }
}
