using System.Text.Json;
using MiCse.Evaluation.Classification;
using MiCse.Vectors;

namespace MiCse.Tests.Evaluation.Classification;

public class LogisticRegressionTests
{
    private static readonly ParallelOptions OneThread = new() { MaxDegreeOfParallelism = 1 };

    [Fact]
    public void Reaches_the_optimum_that_scikit_learn_reaches()
    {
        foreach (var golden in ScikitLearn.Fits)
        {
            var (features, labels) = Read(golden);
            var c = golden.GetProperty("c").GetDouble();
            var classifier = LogisticRegression.Fit(features, labels, c, threads: 1, TestContext.Current.CancellationToken);
            var data = new LabelledFeatures(features, labels, classifier.Classes);
            var loss = new LogisticLoss(data, data.Rows, OneThread) { C = c };
            var expected = golden.GetProperty("objective").GetDouble();
            Assert.Equal(expected, loss.Evaluate([.. classifier.Parameters], new double[loss.ParameterCount]), 1e-6 * expected);

            var coefficients = golden.GetProperty("coefficients").Deserialize<double[][]>()!;
            for (var output = 0; output < loss.Outputs; output++)
            {
                for (var input = 0; input < loss.Inputs; input++)
                {
                    Assert.Equal(coefficients[output][input], classifier.Parameters[output * (loss.Inputs + 1) + input], 2e-3);
                }
            }

            Assert.Equal(golden.GetProperty("predictions").Deserialize<int[]>(), Predict(classifier, features));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void The_gradient_is_the_derivative(int classes)
    {
        var (features, labels) = Random(rows: 40, columns: 3, classes);
        var data = new LabelledFeatures(features, labels, classes);
        var loss = new LogisticLoss(data, data.Rows, OneThread) { C = 0.7 };
        double[] point = [.. Enumerable.Range(0, loss.ParameterCount).Select(i => Math.Sin(i + 1.0))];
        var (gradient, ignored) = (new double[point.Length], new double[point.Length]);
        loss.Evaluate(point, gradient);
        for (var i = 0; i < point.Length; i++)
        {
            const double Step = 1e-5;
            double[] above = [.. point], below = [.. point];
            above[i] += Step;
            below[i] -= Step;
            Assert.Equal((loss.Evaluate(above, ignored) - loss.Evaluate(below, ignored)) / (2 * Step), gradient[i], 1e-6);
        }
    }

    [Fact]
    public void Scores_of_any_size_have_a_finite_loss()
    {
        foreach (var classes in (int[])[2, 3])
        {
            var features = new EmbeddingMatrix([1e4f, -1e4f, 5e3f], 3, 1);
            var data = new LabelledFeatures(features, [1, 1, 0], classes);
            var loss = new LogisticLoss(data, data.Rows, OneThread);
            double[] point = [.. Enumerable.Range(0, loss.ParameterCount).Select(i => i % 2 == 0 ? 1.0 : 0)];
            point[0] = 5;
            Assert.True(double.IsFinite(loss.Evaluate(point, new double[point.Length])));
        }
    }

    [Fact]
    public void Is_the_same_bits_at_any_number_of_threads()
    {
        // More rows than one thread adds up.
        var (features, labels) = Random(rows: 40_000, columns: 3, classes: 3);
        var one = LogisticRegression.Fit(features, labels, 1, 1, TestContext.Current.CancellationToken);
        var many = LogisticRegression.Fit(features, labels, 1, 7, TestContext.Current.CancellationToken);
        Assert.Equal(one.Parameters, many.Parameters);
    }

    [Fact]
    public void A_warm_start_ends_where_a_cold_one_does()
    {
        var (features, labels) = Random(rows: 300, columns: 5, classes: 2);
        var data = new LabelledFeatures(features, labels, 2);
        var warm = LogisticRegression.Path(data, data.Rows, [0.25, 1, 8], OneThread).Last().Parameters;
        var cold = LogisticRegression.Path(data, data.Rows, [8], OneThread).Single().Parameters;
        Assert.All(warm.Zip(cold), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void Separable_classes_are_separated()
    {
        var features = new EmbeddingMatrix([-3, -2, -1, 1, 2, 3], 6, 1);
        int[] labels = [0, 0, 0, 1, 1, 1];
        Assert.Equal(labels, Predict(LogisticRegression.Fit(features, labels, 100, 1, TestContext.Current.CancellationToken), features));
    }

    [Fact]
    public void Misuse_is_a_sentence()
    {
        var features = new EmbeddingMatrix([1, 2, 3], 3, 1);
        var token = TestContext.Current.CancellationToken;
        Assert.Throws<ArgumentException>(() => Fit(features, [0, 1]));
        Assert.Contains("0, 2", Assert.Throws<ArgumentException>(() => Fit(features, [0, 2, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Fit(features, [0, 0, 0]));
        Assert.Throws<ArgumentException>(() => Fit(new EmbeddingMatrix([1, float.NaN], 2, 1), [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fit(features, [0, 1, 1], c: 0));
        Assert.Throws<ArgumentException>(() => Fit(features, [0, 1, 1]).Predict([1, 2]));
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Fit(features, [0, 1, 1], cancellationToken: new CancellationToken(true)));

        LogisticRegression Fit(EmbeddingMatrix examples, int[] labels, double c = 1) => LogisticRegression.Fit(examples, labels, c, 1, token);
    }

    private static int[] Predict(LogisticRegression classifier, EmbeddingMatrix features) =>
        [.. Enumerable.Range(0, features.Count).Select(row => classifier.Predict(features[row]))];

    private static (EmbeddingMatrix Features, int[] Labels) Read(JsonElement golden)
    {
        var rows = golden.GetProperty("features").Deserialize<float[][]>()!;
        return (new EmbeddingMatrix([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length), golden.GetProperty("labels").Deserialize<int[]>()!);
    }

    private static (EmbeddingMatrix Features, int[] Labels) Random(int rows, int columns, int classes)
    {
        var random = new Random(3);
        var features = new EmbeddingMatrix([.. Enumerable.Range(0, rows * columns).Select(_ => (float)random.NextDouble() - 0.5f)], rows, columns);
        int[] labels = [.. Enumerable.Range(0, rows).Select(row =>
            row < classes ? row : Math.Clamp((int)((features[row][0] + 0.5 + 0.3 * (random.NextDouble() - 0.5)) * classes), 0, classes - 1))];
        return (features, labels);
    }
}
