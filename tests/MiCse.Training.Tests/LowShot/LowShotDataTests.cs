using MiCse.Data;
using MiCse.Data.Corpora;
using MiCse.Files;
using MiCse.Tests;
using MiCse.Training.LowShot;

namespace MiCse.Training.Tests.LowShot;

public sealed class LowShotDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-lowshot-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_drawn_from_as_split_does()
    {
        var file = Path.Combine(_folder, "wiki.txt");
        File.WriteAllLines(file, Enumerable.Range(0, 100).Select(number => $"text {number}").Append(""));
        var split = Path.Combine(_folder, "split");
        LowShotSplits.Write(split, "wiki", TextFile.ReadTexts(file), file, [5, 20], [48, 49], null, TestContext.Current.CancellationToken);

        var drawn = Open(file, [20, 5], [48, 49, 48]);
        var read = Open(split, [20, 5], [48, 49]);

        Assert.Equal("wiki.txt", drawn.Name);
        Assert.Equal("split", read.Name);
        foreach (var (shots, seed) in new[] { (5, 48L), (20, 48L), (5, 49L), (20, 49L) })
        {
            Assert.Equal(shots, drawn[shots, seed].Examples.Count);
            Assert.Equal(read[shots, seed].Examples, drawn[shots, seed].Examples);
        }

        Assert.Equal(drawn[20, 49].Examples.Take(5), drawn[5, 49].Examples);
        Assert.NotEqual(drawn[5, 48].Sha256, drawn[5, 49].Sha256);
    }

    [Fact]
    public void The_splits_of_the_shared_data_are_read()
    {
        var data = Open(Fixture.Shared("data", "wikipedia", "lowshot"), [64, 10_000], [48, 52]);

        Assert.Equal(10_000, data[10_000, 52].Examples.Count);
        Assert.Equal(data[10_000, 48].Examples.Take(64), data[64, 48].Examples);
    }

    [Fact]
    public void More_shots_than_sentences_are_named()
    {
        var file = Path.Combine(_folder, "few.txt");
        File.WriteAllLines(file, ["one", "two"]);

        var failure = Assert.Throws<DataFormatException>(() => Open(file, [2, 3], [48]));

        Assert.Equal($"{file}: has 2 texts, but a split of 3 is asked for.", failure.Message);
    }

    [Fact]
    public void A_missing_split_is_named()
    {
        File.WriteAllLines(Path.Combine(_folder, "wiki_subset_0002_seed48.txt"), ["one", "two"]);

        var failure = Assert.Throws<DataFormatException>(() => Open(_folder, [2], [48, 49]));

        Assert.StartsWith($"{_folder}: there is no file *_subset_0002_seed49.txt for 2 sentences of seed 49", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_is_there_twice_or_is_not_what_its_name_says_is_named()
    {
        File.WriteAllLines(Path.Combine(_folder, "wiki_subset_0003_seed48.txt"), ["one", "two"]);

        Assert.EndsWith(
            "wiki_subset_0003_seed48.txt: holds 2 sentences, but its name says 3.",
            Assert.Throws<DataFormatException>(() => Open(_folder, [3], [48])).Message,
            StringComparison.Ordinal);

        File.WriteAllLines(Path.Combine(_folder, "news_subset_0003_seed48.txt"), ["one", "two", "three"]);
        Assert.Contains(
            "news_subset_0003_seed48.txt and wiki_subset_0003_seed48.txt",
            Assert.Throws<DataFormatException>(() => Open(_folder, [3], [48])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_is_no_data() => Assert.Throws<FileNotFoundException>(() => Open(Path.Combine(_folder, "none.txt"), [3], [48]));

    private static LowShotData Open(string path, int[] shots, long[] seeds) =>
        LowShotData.Open(path, shots, seeds, null, TestContext.Current.CancellationToken);
}
