using System.Text;
using MiCse.Files;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Distillation;

namespace MiCse.Training.Tests.Distillation;

public sealed class TeacherCacheTests : IDisposable
{
    private readonly TinyDistillation _tiny = new();
    private readonly Teachers _teachers;
    private readonly string _path;

    public TeacherCacheTests()
    {
        _teachers = new Teachers([_tiny.Teacher]);
        _path = _tiny.Folder("cache.npy");
    }

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void The_cache_of_an_unfinished_distillation_is_not_called_a_file_that_somebody_named()
    {
        new TeacherCache(_path, _teachers, Data(50)).Read(null, TestContext.Current.CancellationToken);

        var named = Assert.Throws<DataFormatException>(() => new TeacherCache(_path, _teachers, Data(40)).Read(null, TestContext.Current.CancellationToken));
        var own = Assert.Throws<DataFormatException>(() => new TeacherCache(_path, _teachers, Data(40), "student").Read(null, TestContext.Current.CancellationToken));

        Assert.EndsWith("delete cache.npy and cache.json, or name another file.", named.Message, StringComparison.Ordinal);
        Assert.EndsWith("an unfinished distillation left them; delete student, or name another.", own.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_the_teachers_embeddings_in_NumPys_format()
    {
        var data = Data(50);

        var matrix = new TeacherCache(_path, _teachers, data).Read(null, TestContext.Current.CancellationToken);

        Assert.All(Enumerable.Range(0, 50), row => Assert.Equal(_tiny.Teacher.Encode(data.Texts[row], TestContext.Current.CancellationToken), matrix[row].ToArray()));
        var bytes = File.ReadAllBytes(_path);
        Assert.Equal(128 + (50 * 24 * 4), bytes.Length);
        Assert.Equal("\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (50, 24), }", Encoding.Latin1.GetString(bytes, 0, 128).TrimEnd());
        Assert.Equal((byte)'\n', bytes[127]);
        Assert.Equal(matrix[49].ToArray(), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan(128))[^24..].ToArray());
    }

    // 1,024 texts are a block: killed in the header, in the first block, between blocks, in a row of the second.
    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    [InlineData(128 + 1000)]
    [InlineData(128 + (1024 * 96))]
    [InlineData(128 + (1024 * 96) + 97)]
    [InlineData(128 + (2047 * 96))]
    public void What_a_kill_left_is_gone_on_with(int left)
    {
        var data = Data(2050);
        var whole = new TeacherCache(_tiny.Folder("whole.npy"), _teachers, data).Read(null, TestContext.Current.CancellationToken);
        var bytes = File.ReadAllBytes(_tiny.Folder("whole.npy"));
        File.WriteAllBytes(_path + ".part", bytes[..left]);
        File.Copy(_tiny.Folder("whole.json"), _tiny.Folder("cache.json"));

        var resumed = new TeacherCache(_path, _teachers, data).Read(null, TestContext.Current.CancellationToken);

        Assert.Equal(bytes, File.ReadAllBytes(_path));
        Assert.Equal(whole.Values.ToArray(), resumed.Values.ToArray());
        Assert.False(File.Exists(_path + ".part"));
    }

    [Fact]
    public void A_whole_file_is_not_computed_again()
    {
        var data = Data(30);
        new TeacherCache(_path, _teachers, data).Read(null, TestContext.Current.CancellationToken);
        var written = File.GetLastWriteTimeUtc(_path);

        new TeacherCache(_path, _teachers, data).Read(null, new CancellationToken(canceled: true));

        Assert.Equal(written, File.GetLastWriteTimeUtc(_path));
    }

    [Fact]
    public void Files_of_others_are_refused_and_stay()
    {
        new TeacherCache(_path, _teachers, Data(30)).Read(null, TestContext.Current.CancellationToken);
        var before = File.ReadAllBytes(_path);
        using var other = SentenceEncoder.Load(_tiny.Student.Path);

        Assert.Contains("other texts", Refusal(_teachers, 31), StringComparison.Ordinal);
        Assert.Contains("another teacher", Refusal(new Teachers([other]), 30), StringComparison.Ordinal);
        File.Delete(_tiny.Folder("cache.json"));
        Assert.Contains("has no cache.json beside it", Refusal(_teachers, 30), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_path));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(128 + (29 * 96))]
    [InlineData(-1)]
    public void A_damaged_file_is_named(int length)
    {
        new TeacherCache(_path, _teachers, Data(30)).Read(null, TestContext.Current.CancellationToken);
        var bytes = File.ReadAllBytes(_path);
        bytes[60] = (byte)'X';
        File.WriteAllBytes(_path, length < 0 ? bytes : bytes[..length]);

        Assert.Contains("is not float32 [30, 24]", Refusal(_teachers, 30), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_description_is_named()
    {
        new TeacherCache(_path, _teachers, Data(30)).Read(null, TestContext.Current.CancellationToken);
        File.WriteAllText(_tiny.Folder("cache.json"), "{\"texts\": ");

        Assert.Throws<ModelFormatException>(() => new TeacherCache(_path, _teachers, Data(30)).Read(null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Another_ending_is_refused() => Assert.Throws<ArgumentException>(() => new TeacherCache("cache.bin", _teachers, Data(30)));

    private string Refusal(Teachers teachers, int count) =>
        Assert.Throws<DataFormatException>(() => new TeacherCache(_path, teachers, Data(count)).Read(null, TestContext.Current.CancellationToken)).Message;

    private DistillationData Data(int count) => DistillationData.From(
        new SentenceCorpus("texts", [.. Enumerable.Range(0, count).Select(row => $"w{5 + (row % 100)} w{5 + (row / 100)}").Select(text => new TrainingExample(text, text))]),
        Tokenizer.Load(_tiny.Student.Path), 12, 0, 1, TestContext.Current.CancellationToken);
}
