using System.Security.Cryptography;
using CsCheck;
using MiCse.Data.Corpora;
using MiCse.Files;
using MiCse.Numerics;

namespace MiCse.Tests.Data.Corpora;

public sealed class LowShotSplitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_draw_does_not_change_between_versions_and_machines()
    {
        Write(Numbers(100), [5], [48, 49]);

        // Written down once, from the same rule in another language: another line here means that no earlier study can be repeated.
        Assert.Equal(["text 0", "text 57", "text 78", "text 35", "text 90"], Lines("wiki_subset_0005_seed48.txt"));
        Assert.Equal(["text 33", "text 55", "text 87", "text 90", "text 54"], Lines("wiki_subset_0005_seed49.txt"));
    }

    [Fact]
    public void A_sample_is_the_beginning_of_a_plain_sort_by_random_number() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Long).Sample((count, size, seed) =>
        {
            string[] texts = [.. Numbers(count)];
            var sample = new LowShotSample(seed, size);
            foreach (var text in texts)
            {
                sample.Offer(text);
            }

            var random = new RandomSequence(seed);
            Assert.Equal(texts.Select(text => (Number: random.NextBits(), Text: text)).OrderBy(pair => pair.Number).Take(size).Select(pair => pair.Text), sample.Texts());
        }, iter: 1_000);

    [Fact]
    public void For_one_seed_the_smaller_is_the_beginning_of_the_larger_and_seeds_differ()
    {
        var result = Write(Numbers(2_000), [1000, 64, 100, 64], [50, 48]);

        Assert.Equal(
            ["wiki_subset_0064_seed50.txt", "wiki_subset_0064_seed48.txt", "wiki_subset_0100_seed50.txt", "wiki_subset_0100_seed48.txt", "wiki_subset_1000_seed50.txt", "wiki_subset_1000_seed48.txt"],
            result.Splits.Select(split => split.File));
        Assert.Equal(Lines("wiki_subset_0064_seed48.txt"), Lines("wiki_subset_1000_seed48.txt").Take(64));
        Assert.Equal(Lines("wiki_subset_0100_seed50.txt"), Lines("wiki_subset_1000_seed50.txt").Take(100));
        Assert.Equal(1000, Lines("wiki_subset_1000_seed50.txt").Distinct().Count());
        // A thousand of two thousand, twice: about half in common.
        Assert.InRange(Lines("wiki_subset_1000_seed48.txt").Intersect(Lines("wiki_subset_1000_seed50.txt")).Count(), 400, 600);
    }

    [Fact]
    public void Every_text_is_drawn_equally_often()
    {
        var result = Write(Numbers(10), [5], [.. Enumerable.Range(0, 1_000).Select(seed => (long)seed)]);

        // Standard deviation 16.
        Assert.All(
            result.Splits.SelectMany(split => Lines(split.File)).GroupBy(line => line).Select(group => group.Count()),
            count => Assert.InRange(count, 420, 580));
    }

    [Fact]
    public void The_checksum_is_that_of_the_file()
    {
        foreach (var split in Write(Numbers(20), [3, 7], [1]).Splits)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.File("out"), split.File)))), split.Sha256);
            Assert.Equal(split.Size, Lines(split.File).Length);
        }
    }

    [Fact]
    public void Empty_texts_are_left_out_and_line_breaks_become_spaces()
    {
        var result = Write(["a\nb", "", " \t", "c \r\n\r\n d", " e "], [3], [7]);

        Assert.Equal((3, 2), (result.Texts, result.Skipped));
        Assert.Equal([" e ", "a b", "c d"], Lines("wiki_subset_0003_seed7.txt").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_with_too_few_texts_is_one_sentence_and_leaves_nothing()
    {
        var failure = Assert.Throws<DataFormatException>(() => Write(Numbers(10), [5, 2000], [1]));

        Assert.Equal("memory: has 10 texts, but a split of 2,000 is asked for.", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_with_files_stays_as_it_was()
    {
        Write(Numbers(10), [5], [1]);

        Assert.Throws<IOException>(() => Write(Numbers(10), [6], [1]));
        Assert.Equal(["wiki_subset_0005_seed1.txt"], Directory.GetFiles(_folder.File("out")).Select(Path.GetFileName));
    }

    [Fact]
    public void Sizes_seeds_and_names_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Write(Numbers(10), [], [1]));
        Assert.Throws<ArgumentException>(() => Write(Numbers(10), [1], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(Numbers(10), [0, 3], [1]));
        Assert.Throws<ArgumentException>(() =>
            LowShotSplits.Write(_folder.File("out"), "../up", Numbers(10), "memory", [1], [1], null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.Throws<OperationCanceledException>(() =>
        {
            LowShotSplits.Write(_folder.File("out"), "wiki", Numbers(10), "memory", [1], [1], cancellationToken: cancelled);
        });
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(number => $"text {number}");

    private string[] Lines(string file) => File.ReadAllLines(Path.Combine(_folder.File("out"), file));

    private LowShotResult Write(IEnumerable<string> texts, int[] sizes, long[] seeds) =>
        LowShotSplits.Write(_folder.File("out"), "wiki", texts, "memory", sizes, seeds, null, TestContext.Current.CancellationToken);
}
