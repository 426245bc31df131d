using System.Text;
using CsCheck;
using MiCse.Evaluation.Tasks;
using MiCse.Files;

namespace MiCse.Tests.Evaluation.Tasks;

public sealed class TransferTaskTests : IDisposable
{
    private static readonly (string Task, string File, string Line)[] Files =
    [
        ("MR", "MR/rt-polarity.pos", "good film"),
        ("SST2", "SST/binary/sentiment-train", "good film\t1"),
        ("TREC", "TREC/train_5500.label", "DESC:manner How ?"),
        ("MRPC", "MRPC/msr_paraphrase_train.txt", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t2\t3\ta\tb"),
    ];

    private readonly SentEvalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Examples_are_sorted_by_words_then_label()
    {
        var one = _folder.Write("one", "c  d\nb\n\n");
        var zero = _folder.Write("zero", "a\nx y\n");
        var examples = TransferFile.ReadTwoClasses([one, zero]);
        Assert.Equal(["", "a", "b", "x y", "c d"], examples.First);
        Assert.Equal([1, 0, 1, 0, 1], examples.Labels);
        Assert.Null(examples.Second);
    }

    [Fact]
    public void Questions_lose_their_finer_class()
    {
        var file = _folder.Write("q", string.Concat(((string[])["NUM", "ABBR", "DESC", "ENTY", "HUM", "LOC"]).Select(name => $"{name}:fine What is :{name} ?\n")));
        var examples = TransferFile.ReadQuestions([file]);
        Assert.Equal("What is :ABBR ?", examples.First[0]);
        Assert.Equal([0, 1, 2, 3, 4, 5], examples.Labels);
    }

    [Fact]
    public void Paraphrases_have_a_header_and_two_sentences()
    {
        var file = _folder.Write("p", "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tA \"b\tC d e\r\n0\t7\t8\tf\tg\r\n");
        var examples = TransferFile.ReadParaphrases([file]);
        Assert.Equal(["f", "A \"b"], examples.First);
        Assert.Equal(["g", "C d e"], examples.Second!);
        Assert.Equal([0, 1], examples.Labels);
    }

    [Fact]
    public void Latin_1_is_read_where_a_line_is_not_utf_8()
    {
        var one = _folder.Write("one", "");
        File.WriteAllBytes(one, [.. "caf"u8, 0xE9, (byte)'\n', .. "caf\u00e9 x\n"u8]);
        Assert.Equal(["café", "café x"], TransferFile.ReadTwoClasses([one, _folder.Write("zero", "a b c\n")]).First[..2]);
    }

    [Theory]
    [InlineData("SST2", "good\t1\nbad\n", 2L, "2 columns")]
    [InlineData("SST2", "good\t1\nbad\t2\n", 2L, "'2'")]
    [InlineData("SST2", "good\t1\n", null, "2 classes, found 1")]
    [InlineData("SST2", "", null, "empty")]
    [InlineData("TREC", "DESC:manner How ?\nFOO:bar What ?\n", 2L, "'FOO:bar What ?'")]
    [InlineData("TREC", "DESC:manner\n", 1L, "DESC")]
    [InlineData("TREC", "How are you ?\n", 1L, "ABBR")]
    [InlineData("MRPC", "header\n1\t2\t3\ta\tb\n1\t2\t3\ta\n", 3L, "5 columns")]
    [InlineData("MRPC", "header\nyes\t2\t3\ta\tb\n", 2L, "'yes'")]
    [InlineData("MRPC", "0\t2\t3\ta\tb\n1\t2\t3\ta\tb\n", 1L, "header")]
    [InlineData("MR", "", null, "empty")]
    [InlineData("MR", "one\ntwo\n", null, "20 sentences of every class, but one has 1")]
    public void Mistakes_are_named_with_file_and_line(string name, string content, long? line, string says)
    {
        var (_, file, _) = Files.Single(task => task.Task == name);
        _folder.Write("MR/rt-polarity.neg", "bad film\n");
        _folder.Write(file, content);
        var task = Assert.Single(EvaluationTask.Select([name], EvaluationSplit.Dev));
        var failure = Assert.Throws<DataFormatException>(() => task.Load(_folder.Path, new TaskSettings(EvaluationSplit.Dev, 10, Threads: null)));
        Assert.Equal(Path.GetFileName(file), Path.GetFileName(failure.Path));
        Assert.Equal(line, failure.Line);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_give_examples_or_a_sentence()
    {
        var bytes = Gen.Frequency((1, Gen.Byte), (4, Gen.OneOf("\t\t\n\n:01 DESCNUM\r"u8.ToArray()))).Array[0, 60];
        _folder.Write("zero", "bad film\n");
        Gen.Select(bytes, Gen.OneOf(Files)).Sample((tail, task) =>
        {
            var path = _folder.Write("fuzzed", task.Line + "\n");
            File.AppendAllText(path, Encoding.Latin1.GetString(tail), Encoding.Latin1);
            try
            {
                var examples = task.Task switch
                {
                    "MR" => TransferFile.ReadTwoClasses([path, Path.Combine(_folder.Path, "zero")]),
                    "SST2" => TransferFile.ReadSentiment([path]),
                    "TREC" => TransferFile.ReadQuestions([path]),
                    _ => TransferFile.ReadParaphrases([path]),
                };
                Assert.Equal(examples.First.Length, examples.Labels.Length);
                Assert.All(examples.Labels, label => Assert.InRange(label, 0, examples.Classes - 1));
            }
            catch (DataFormatException failure)
            {
                Assert.Equal(path, failure.Path);
            }
        }, iter: 1_000, threads: 1);
    }

    [Theory]
    [InlineData("transfer", EvaluationSplit.Test, "MR CR SUBJ MPQA SST2 TREC MRPC")]
    [InlineData("Transfer", EvaluationSplit.Dev, "MR CR SUBJ MPQA SST2 TREC MRPC")]
    [InlineData("mrpc,STS-B,mr", EvaluationSplit.Test, "STSBenchmark MR MRPC")]
    public void Tasks_are_named_by_users(string names, EvaluationSplit split, string expected) =>
        Assert.Equal(expected, string.Join(' ', EvaluationTask.Select(names.Split(','), split)));
}
