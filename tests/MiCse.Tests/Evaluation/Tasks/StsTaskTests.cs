using MiCse.Evaluation.Tasks;
using MiCse.Files;

namespace MiCse.Tests.Evaluation.Tasks;

public sealed class StsTaskTests : IDisposable
{
    private readonly SentEvalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pairs_without_a_score_are_left_out_and_words_joined_by_one_blank()
    {
        _folder.WriteSts13();
        var subsets = Task("STS13").Read(_folder.Path, EvaluationSplit.Test);
        Assert.Equal(SentEvalFolder.Sts13, subsets.Select(subset => subset.Name));
        Assert.Equal([new StsPair("\"a b\"", "b", 1.2), new StsPair("aa", "ab", 4)], subsets[1].Pairs);
    }

    [Fact]
    public void The_benchmark_is_read_without_quoting()
    {
        _folder.Write("STS/STSBenchmark/sts-dev.csv", "main\tf\ty\t1\t3.800\t\"a b\tc \"\"d\nmain\tf\ty\t1\t0.0\te\tf\tsource\r\n");
        Assert.Equal([new StsPair("\"a b", "c \"\"d", 3.8), new StsPair("e", "f", 0)],
            Assert.Single(Task("STSBenchmark").Read(_folder.Path, EvaluationSplit.Dev)).Pairs);
    }

    [Fact]
    public void Sick_has_a_header()
    {
        _folder.Write("SICK/SICK_trial.txt", "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n4\tA b\tC d\t3.6\tNEUTRAL\n");
        var subset = Assert.Single(Task("SICKRelatedness").Read(_folder.Path, EvaluationSplit.Dev));
        Assert.Equal("dev", subset.Name);
        Assert.Equal([new StsPair("A b", "C d", 3.6)], subset.Pairs);
    }

    [Theory]
    [InlineData("a\tb\nc d\n", "1\n2\n", "STS.input.FNWN.txt", 2L, "found 1")]
    [InlineData("a\tb\nc\td\n", "1\n6\n", "STS.gs.FNWN.txt", 2L, "'6'")]
    [InlineData("a\tb\nc\td\n", "1\n-0.5\n", "STS.gs.FNWN.txt", 2L, "'-0.5'")]
    [InlineData("a\tb\nc\td\n", "1\nNaN\n", "STS.gs.FNWN.txt", 2L, "'NaN'")]
    [InlineData("a\tb\nc\td\n", "1\nhigh\n", "STS.gs.FNWN.txt", 2L, "'high'")]
    [InlineData("a\tb\nc\td\n", "1\n", "STS.gs.FNWN.txt", null, "2 lines of STS.input.FNWN.txt, found 1")]
    [InlineData("", "", "STS.input.FNWN.txt", null, "holds no pairs with a score")]
    [InlineData("a\tb\nc\td\n", "\n\n", "STS.input.FNWN.txt", null, "holds no pairs with a score")]
    [InlineData("a\tb\n", "1\n2\n3\n", "STS.gs.FNWN.txt", null, "1 lines of STS.input.FNWN.txt, found 3")]
    public void Mistakes_are_named_with_file_and_line(string input, string gold, string file, long? line, string says)
    {
        _folder.WriteSts13();
        _folder.WriteSubset("STS13", "FNWN", input, gold);
        var failure = Assert.Throws<DataFormatException>(() => Task("STS13").Read(_folder.Path, EvaluationSplit.Test));
        Assert.Equal(file, Path.GetFileName(failure.Path));
        Assert.Equal(line, failure.Line);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        _folder.WriteSts13();
        Assert.Null(Task("STS13").MissingFile(_folder.Path, EvaluationSplit.Test));
        File.Delete(Path.Combine(_folder.Path, "STS", "STS13-en-test", "STS.gs.OnWN.txt"));
        Assert.Equal("STS/STS13-en-test/STS.gs.OnWN.txt", Task("STS13").MissingFile(_folder.Path, EvaluationSplit.Test));
    }

    [Theory]
    [InlineData("sts", EvaluationSplit.Test, "STS12 STS13 STS14 STS15 STS16 STSBenchmark SICKRelatedness")]
    [InlineData("STS", EvaluationSplit.Dev, "STSBenchmark SICKRelatedness")]
    [InlineData("stsbenchmark,sts12,STS-B", EvaluationSplit.Dev, "STS12 STSBenchmark")]
    [InlineData("SICK-R", EvaluationSplit.Test, "SICKRelatedness")]
    public void Tasks_are_named_by_users(string names, EvaluationSplit split, string expected) =>
        Assert.Equal(expected, string.Join(' ', EvaluationTask.Select(names.Split(','), split)));

    [Fact]
    public void Names_that_are_none_are_answered_with_those_there_are() =>
        Assert.Contains("STS16", Assert.Throws<ArgumentException>(() => EvaluationTask.Select(["STS17"], EvaluationSplit.Test)).Message, StringComparison.Ordinal);

    private static StsTask Task(string name) => Assert.Single(EvaluationTask.Select([name], EvaluationSplit.Test).Cast<StsTask>());
}
