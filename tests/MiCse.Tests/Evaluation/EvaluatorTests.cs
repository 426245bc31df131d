using Microsoft.Extensions.AI;
using MiCse.Evaluation;
using MiCse.Evaluation.Reports;
using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;
using MiCse.Vectors;

namespace MiCse.Tests.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private readonly SentEvalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_subsets_alone_and_together()
    {
        _folder.WriteSts13();
        var report = Evaluator("STS13").Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        var result = Assert.Single(report.Sts);
        double root2 = Math.Sqrt(2);
        // FNWN: a/b 0, ab/ab 1, abc/abd 2/3. headlines: "a b"/b 1/√2, aa/ab 1/√2. OnWN: x/x 1, x/y 0, xy/xxy 3/√10.
        double[] cosines = [0, 1, 2.0 / 3, 1 / root2, 1 / root2, 1, 0, 3 / Math.Sqrt(10)];
        double[] gold = [0, 5, 3.5, 1.2, 4, 5, 0.2, 4.4];
        Assert.Equal(8, result.All.Pairs);
        Assert.Equal(Correlation.Spearman(cosines, gold), result.All.Spearman, 1e-12);
        Assert.Equal(Correlation.Pearson(cosines, gold), result.All.Pearson, 1e-12);
        Assert.Equal([3, 2, 3], result.Subsets.Select(subset => subset.Value.Pairs));
        Assert.Equal(1, result.Subsets[0].Value.Spearman, 1e-12);
        Assert.Equal(Correlation.Pearson(cosines.AsSpan(5), gold.AsSpan(5)), result.Subsets[2].Value.Pearson, 1e-12);
        // Two equal cosines have no correlation with anything: the means say so instead of passing it off as 0.
        Assert.Equal(double.NaN, result.Subsets[1].Value.Spearman);
        Assert.Equal(double.NaN, result.MeanSpearman);
    }

    [Fact]
    public void Means_are_plain_and_weighted_by_pairs()
    {
        var result = new StsResult("T", EvaluationSplit.Test, default, [new("a", new(30, 0.5, 0.1)), new("b", new(10, 0.9, 0.3))], []);
        Assert.Equal(0.7, result.MeanSpearman, 1e-12);
        Assert.Equal(0.6, result.WeightedMeanSpearman, 1e-12);
        Assert.Equal(0.2, result.MeanPearson, 1e-12);
        Assert.Equal(0.15, result.WeightedMeanPearson, 1e-12);
    }

    [Fact]
    public void Missing_tasks_are_listed_and_count_in_no_average()
    {
        _folder.WriteSts13();
        _folder.WriteSubset("STS12", "MSRpar", "a\tb\n", "1\n");
        _folder.Write("STS/STSBenchmark/sts-dev.csv", "g\tf\ty\t1\t1\ta\tb\ng\tf\ty\t2\t5\ta\ta\ng\tf\ty\t3\t4\tab\ta\n");
        var tasks = EvaluationTask.Select(["STS12", "STS13", "STSBenchmark"], EvaluationSplit.Dev);
        var report = new Evaluator(_folder.Path, tasks, new EvaluatorOptions { Split = EvaluationSplit.Dev }).Evaluate(LetterCounts.Encode,
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([("STS13", EvaluationSplit.Test), ("STSBenchmark", EvaluationSplit.Dev)], report.Sts.Select(task => (task.Name, task.Split)));
        Assert.Equal([new MissingTask("STS12", "STS/STS12-en-test/STS.input.MSRvid.txt")], report.Missing);
        Assert.Equal(report.Sts.Average(task => task.All.Spearman), report.AverageSpearman);
        Assert.Equal(1, report.Sts[1].All.Spearman, 1e-12);

        var none = Evaluator("STSBenchmark").Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(none.AverageSpearman);
        Assert.Equal("STS/STSBenchmark/sts-test.csv", Assert.Single(none.Missing).File);
    }

    [Fact]
    public void Each_distinct_sentence_is_encoded_once_with_progress()
    {
        _folder.WriteSts13();
        var evaluator = Evaluator("STS13");
        var seen = new List<string>();
        var progress = new Recorder();
        evaluator.Evaluate((texts, token) =>
        {
            seen.AddRange(texts);
            return LetterCounts.Encode(texts, token);
        }, progress, TestContext.Current.CancellationToken);
        Assert.Equal(evaluator.SentenceCount, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.DoesNotContain("q", seen);
        Assert.Equal(new EvaluationProgress(seen.Count, seen.Count, "STS13"), progress.Reports[^1]);
    }

    [Fact]
    public void Sentences_are_shared_between_tasks_and_kept_until_the_last_that_needs_them()
    {
        _folder.WriteSts13();
        WriteMr();
        var options = new EvaluatorOptions { Folds = 2 };
        var settings = options.For(EvaluationSplit.Test);
        var stages = EvaluationStage.Plan([.. EvaluationTask.Select(["STS13", "MR"], EvaluationSplit.Test).Select(task => task.Load(_folder.Path, settings))]);
        // "ab" and "abc" are in both tasks.
        Assert.Contains("ab", stages[0].NewSentences);
        Assert.DoesNotContain("ab", stages[0].LastUsed);
        Assert.Contains("aa", stages[0].LastUsed);
        Assert.DoesNotContain("ab", stages[1].NewSentences);
        Assert.Contains("ab", stages[1].LastUsed);
        Assert.Equal(stages.SelectMany(stage => stage.NewSentences).Order(), stages.SelectMany(stage => stage.LastUsed).Order());

        var seen = new List<string>();
        var report = new Evaluator(_folder.Path, EvaluationTask.Select(["STS13", "MR"], EvaluationSplit.Test), options).Evaluate((texts, token) =>
        {
            seen.AddRange(texts);
            return LetterCounts.Encode(texts, token);
        }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Single(report.Sts);
        var result = Assert.Single(report.Transfer);
        Assert.Equal(1, result.Accuracy);
        Assert.Equal(new ConfidenceInterval(1, 1), result.Interval);
        Assert.Equal(1, report.AverageAccuracy);
    }

    [Fact]
    public void The_development_figure_of_a_nested_cross_validation_belongs_to_no_prediction()
    {
        WriteMr();
        var report = new Evaluator(_folder.Path, EvaluationTask.Select(["MR"], EvaluationSplit.Dev), new EvaluatorOptions { Split = EvaluationSplit.Dev, Folds = 2 })
            .Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((1.0, EvaluationSplit.Dev, 0, null), (report.Transfer[0].Accuracy, report.Transfer[0].Split, report.Transfer[0].Correct.Count, report.Transfer[0].Interval));
    }

    [Fact]
    public void Figures_do_not_depend_on_threads()
    {
        _folder.Write("MR/rt-polarity.pos", string.Concat(Enumerable.Range(0, 30).Select(i => $"word{(char)('a' + i * i % 17)} {(char)('a' + i % 7)}\n")));
        _folder.Write("MR/rt-polarity.neg", string.Concat(Enumerable.Range(0, 30).Select(i => $"word{(char)('d' + i * i % 13)} {(char)('c' + i % 5)}\n")));
        var one = Run(1);
        var many = Run(5);
        Assert.Equal(one.Correct, many.Correct);
        Assert.Equal((one.Accuracy, one.Interval), (many.Accuracy, many.Interval));
        Assert.InRange(one.Accuracy, 0.3, 0.99);

        TransferResult Run(int threads) => new Evaluator(_folder.Path, TransferTask.All.Take(1), new EvaluatorOptions { Folds = 3, Threads = threads })
            .Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken).Transfer[0];
    }

    [Fact]
    public void Paraphrases_are_told_apart_by_difference_and_product()
    {
        // The same words are a paraphrase: only |u - v| tells, and no single embedding does.
        string[] words = ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op"];
        var rows = words.SelectMany((word, i) => (string[])[$"1\t0\t0\t{word}\t{word}", $"0\t0\t0\t{word}\t{words[(i + 3) % 8]}"]);
        _folder.Write("MRPC/msr_paraphrase_train.txt", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n" + string.Concat(rows.Select(row => row + "\n")));
        _folder.Write("MRPC/msr_paraphrase_test.txt", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t0\t0\tad\tad\n0\t0\t0\tad\tcb\n0\t0\t0\teh\tgl\n");
        var report = new Evaluator(_folder.Path, EvaluationTask.Select(["MRPC"], EvaluationSplit.Test), new EvaluatorOptions { Folds = 2 })
            .Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((1.0, 1.0, 3), (report.Transfer[0].Accuracy, report.Transfer[0].F1, report.Transfer[0].Correct.Count));
    }

    [Theory]
    [InlineData(EvaluationSplit.Dev, 0.5)]
    [InlineData(EvaluationSplit.Test, 0.75)]
    public void Sentiment_is_scored_on_its_own_development_and_test_sets(EvaluationSplit split, double accuracy)
    {
        // a against z; in the development set one of two labels is wrong, in the test set one of four.
        _folder.Write("SST/binary/sentiment-train", "a\t1\naa\t1\nz\t0\nzz\t0\n");
        _folder.Write("SST/binary/sentiment-dev", "aaa\t1\naaaa\t0\n");
        _folder.Write("SST/binary/sentiment-test", "aaa\t1\nzzz\t0\na a\t1\nz z\t1\n");
        var report = new Evaluator(_folder.Path, EvaluationTask.Select(["SST2"], split), new EvaluatorOptions { Split = split })
            .Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((accuracy, split, null), (report.Transfer[0].Accuracy, report.Transfer[0].Split, report.Transfer[0].F1));
    }

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(2, -1, null)]
    [InlineData(2, 0, 0)]
    public void Options_out_of_range_are_refused(int folds, int samples, int? threads) => Assert.Throws<ArgumentException>(() =>
        new Evaluator(_folder.Path, StsTask.All, new EvaluatorOptions { Folds = folds, BootstrapSamples = samples, Threads = threads }));

    [Fact]
    public void Identical_sentences_have_cosine_exactly_1()
    {
        _folder.WriteSubset("STS13", "FNWN", "abc\tabc\naab\taab\nabbb\tabbb\n", "1\n2\n3\n");
        _folder.WriteSubset("STS13", "headlines", "a\tb\na\ta\n", "1\n2\n");
        _folder.WriteSubset("STS13", "OnWN", "a\tb\na\ta\n", "1\n2\n");
        var report = Evaluator("STS13").Evaluate((texts, _) =>
        {
            var matrix = new EmbeddingMatrix(texts.Count, 300);
            for (var row = 0; row < texts.Count; row++)
            {
                for (var i = 0; i < 300; i++)
                {
                    matrix[row][i] = MathF.Sin(row * 1.7f + i * 0.31f);
                }
            }

            return matrix;
        }, cancellationToken: TestContext.Current.CancellationToken);
        // All three cosines equal: were one an ulp off, there would be a correlation.
        Assert.Equal(double.NaN, report.Sts[0].Subsets[0].Value.Spearman);
    }

    [Fact]
    public void Zero_vectors_have_cosine_0_and_others_that_are_not_finite_are_refused()
    {
        _folder.WriteSts13();
        var report = Evaluator("STS13").Evaluate((texts, _) => new EmbeddingMatrix(texts.Count, 2), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(double.NaN, report.AverageSpearman);
        foreach (var value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            Assert.Throws<InvalidOperationException>(() => Evaluator("STS13").Evaluate((texts, _) =>
            {
                var matrix = new EmbeddingMatrix(texts.Count, 2);
                matrix[0][1] = value;
                return matrix;
            }, cancellationToken: TestContext.Current.CancellationToken));
        }

        Assert.Throws<InvalidOperationException>(() => Evaluator("STS13").Evaluate((texts, _) => new EmbeddingMatrix(texts.Count - 1, 2),
            cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_split_is_that_of_the_selection_unless_options_say_otherwise()
    {
        _folder.Write("STS/STSBenchmark/sts-dev.csv", "g\tf\ty\t1\t1\ta\tb\ng\tf\ty\t2\t5\ta\ta\ng\tf\ty\t3\t4\tab\ta\n");
        var tasks = EvaluationTask.Select(["STSBenchmark"], EvaluationSplit.Dev);

        var report = new Evaluator(_folder.Path, tasks).Evaluate(LetterCounts.Encode, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(EvaluationSplit.Dev, Assert.Single(report.Sts).Split);
        Assert.Empty(report.Missing);

        Assert.Equal("STS/STSBenchmark/sts-test.csv", Assert.Single(new Evaluator(_folder.Path, tasks, new() { Split = EvaluationSplit.Test }).Missing).File);
        Assert.Equal("STS/STSBenchmark/sts-test.csv", Assert.Single(new Evaluator(_folder.Path, tasks.ToList()).Missing).File);
    }

    [Fact]
    public void Defaults()
    {
        var options = new EvaluatorOptions();
        Assert.Equal((null, null, 1000, 42L, null), (options.Split, options.Folds, options.BootstrapSamples, options.Seed, options.Threads));
        Assert.Equal((10, 5), (options.For(EvaluationSplit.Test).Folds, options.For(EvaluationSplit.Dev).Folds));
        var document = new EvaluationDocument("model", new EvaluationReport([], [], []));
        Assert.Equal((SubsetAggregation.All, 0, null, null), (document.Aggregation, document.WorstPairs, document.Against, document.Comparison));
        Assert.Equal(1, new ScoreTable([], []).Labels);
    }

    [Fact]
    public void The_space_of_STS_Benchmark_has_pairs_from_4_on_and_each_sentence_once()
    {
        _folder.Write("STS/STSBenchmark/sts-dev.csv", "g\tf\ty\t1\t4\ta\tb\ng\tf\ty\t2\t3.9\ta\tc\ng\tf\ty\t3\t5\tb\ta\n");
        var directions = new Dictionary<string, float[]> { ["a"] = [1, 0], ["b"] = [0, 1], ["c"] = [-1, 0] };
        var report = new Evaluator(_folder.Path, EvaluationTask.Select(["STSBenchmark"], EvaluationSplit.Dev)).Evaluate(
            (texts, _) => new EmbeddingMatrix([.. texts.SelectMany(text => directions[text])], texts.Count, 2), cancellationToken: TestContext.Current.CancellationToken);
        var space = report.Sts[0].AlignmentUniformity!.Value;
        Assert.Equal(2, space.Alignment, 1e-6);
        Assert.Equal(Math.Log((2 * Math.Exp(-4) + Math.Exp(-8)) / 3), space.Uniformity, 1e-6);
    }

    [Fact]
    public void Can_be_cancelled()
    {
        _folder.WriteSts13();
        Assert.Throws<OperationCanceledException>(() => Evaluator("STS13").Evaluate(LetterCounts.Encode, cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public async Task Takes_an_embedding_generator_too()
    {
        _folder.WriteSts13();
        var token = TestContext.Current.CancellationToken;
        using var generator = new LetterCountGenerator();
        var report = await Evaluator("STS13").EvaluateAsync(generator, cancellationToken: token);
        Assert.Equal(Evaluator("STS13").Evaluate(LetterCounts.Encode, cancellationToken: token).Sts[0].All, report.Sts[0].All);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_sentence() =>
        Assert.Throws<DirectoryNotFoundException>(() => new Evaluator(Path.Combine(_folder.Path, "none"), StsTask.All));

    /// <summary>Sentences of a and b against sentences of y and z.</summary>
    private void WriteMr()
    {
        _folder.Write("MR/rt-polarity.pos", "ab\nabc\nabb\naab\naabb\nab ab\n");
        _folder.Write("MR/rt-polarity.neg", "yz\nyyz\nyzz\nzz\nyy\nyz yz\n");
    }

    private Evaluator Evaluator(string task) => new(_folder.Path, EvaluationTask.Select([task], EvaluationSplit.Test));

    private sealed class Recorder : IProgress<EvaluationProgress>
    {
        public List<EvaluationProgress> Reports { get; } = [];

        public void Report(EvaluationProgress value) => Reports.Add(value);
    }

    private sealed class LetterCountGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            var matrix = LetterCounts.Encode(texts, cancellationToken);
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(
                Enumerable.Range(0, texts.Length).Select(row => new Embedding<float>(matrix[row].ToArray()))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
