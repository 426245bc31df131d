using MiCse.Data;
using MiCse.Data.Corpora;
using MiCse.Files;

namespace MiCse.Tests.Data.Corpora;

public sealed class SentenceFileTests : IDisposable
{
    private static readonly string[] Paragraphs =
    [
        "The town lies on a river. It is  very\told and small. See www.example.org for more about it.",
        "",
        "THE TOWN LIES ON A RIVER. It has 500 people, all told. Not this",
        "It is very old and small.",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("out.txt")]
    [InlineData("out.txt.gz")]
    [InlineData("out.TXT.ZST")]
    public void Clean_sentences_are_written_once_and_the_others_counted(string name)
    {
        var done = new List<long>();

        var counts = Write(name, Paragraphs, new Reports(done));

        Assert.Equal(["The town lies on a river.", "It is very old and small.", "It has 500 people, all told."], TextFile.ReadTexts(_folder.File(name)));
        Assert.Equal((4, 7, 3), (counts.Texts, counts.Sentences, counts.Kept));
        Assert.Equal(
            [(SentenceFault.TooShort, 1), (SentenceFault.Address, 1), (SentenceFault.Duplicate, 2)],
            counts.Dropped.Where(fault => fault.Value > 0).Select(fault => (fault.Key, fault.Value)));
        Assert.Equal(Enum.GetValues<SentenceFault>(), counts.Dropped.Select(fault => fault.Key));
        Assert.Equal([1, 2, 3, 4], done);
    }

    [Fact]
    public void Its_own_output_passes_unchanged()
    {
        Write("once.txt", Paragraphs);

        var counts = Write("twice.txt", TextFile.ReadTexts(_folder.File("once.txt")));

        Assert.Equal(counts.Sentences, counts.Kept);
        Assert.Equal(File.ReadAllBytes(_folder.File("once.txt")), File.ReadAllBytes(_folder.File("twice.txt")));
    }

    [Fact]
    public void Texts_that_fail_half_way_leave_nothing()
    {
        File.WriteAllBytes(_folder.File("in.txt"), [.. "The town lies on a river.\n"u8, 0xFF]);

        var failure = Assert.Throws<DataFormatException>(() => Write("out.txt.gz", TextFile.ReadTexts(_folder.File("in.txt"))));

        Assert.Equal(2, failure.Line);
        Assert.Equal(["in.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.Throws<OperationCanceledException>(() =>
        {
            SentenceFile.Write(_folder.File("out.txt"), Paragraphs, new SentenceFilter(), cancellationToken: cancelled);
        });
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("out.csv")]
    [InlineData("out.gz")]
    public void Other_endings_are_one_sentence(string name) =>
        Assert.Contains(".txt.gz", Assert.Throws<DataFormatException>(() => Write(name, Paragraphs)).Message, StringComparison.Ordinal);

    private SentenceCounts Write(string name, IEnumerable<string> texts, IProgress<long>? progress = null) =>
        SentenceFile.Write(_folder.File(name), texts, new SentenceFilter(), progress, TestContext.Current.CancellationToken);

    private sealed class Reports(List<long> done) : IProgress<long>
    {
        public void Report(long value) => done.Add(value);
    }
}
