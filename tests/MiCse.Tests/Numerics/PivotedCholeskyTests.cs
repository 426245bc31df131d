using CsCheck;
using MiCse.Numerics;

namespace MiCse.Tests.Numerics;

public sealed class PivotedCholeskyTests
{
    private static readonly ParallelOptions s_parallel = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void What_is_chosen_and_the_regression_are_those_of_a_plain_computation() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], Gen.Int[3, 40], Gen.Int[0, 10_000]).Sample((width, wanted, rows, seed) =>
        {
            var (random, count) = (new Random(seed), Math.Min(width, wanted));
            var observations = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5).ToArray()).ToArray();
            double[][] covariance = [.. Enumerable.Range(0, width).Select(i => Enumerable.Range(0, i + 1).Select(j => observations.Average(row => row[i] * row[j])).ToArray())];
            double[] weights = [.. Enumerable.Range(0, width).Select(_ => random.NextDouble() + 0.1)];
            double[] coefficients = [.. Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5)];

            var factor = PivotedCholesky.Of(covariance, weights, count, s_parallel);

            var (pivots, nearest) = PlainRegression.Choose(covariance, weights, count, coefficients);
            Assert.Equal(pivots, factor.Pivots);
            Assert.All(factor.OntoPivots(coefficients), (value, index) => Assert.Equal(nearest[index], value, 1e-9));
        }, iter: 300);

    [Fact]
    public void A_variable_that_two_others_explain_is_left_out_and_they_take_its_place()
    {
        // x2 = x0 + 2·x1 has the largest variance, so it comes first; by its weight what is left of x1 counts more than what is left of x0.
        double[][] covariance = [[1], [0, 1], [1, 2, 5]];

        var factor = PivotedCholesky.Of(covariance, [1, 4.5, 1], 2, s_parallel);

        Assert.Equal([2, 1], factor.Pivots);
        // 3·x0 = 3·x2 - 6·x1, nearly: the ridge takes its share.
        Assert.All(factor.OntoPivots([3, 0, 0]), (value, index) => Assert.Equal(new[] { 0, -6, 3 }[index], value, 0.1));
    }

    [Fact]
    public void Variables_that_never_vary_come_last_and_explain_nothing()
    {
        var factor = PivotedCholesky.Of([[0], [0, 1], [0, 0, 0]], [9, 1, 9], 2, s_parallel);

        Assert.Equal([1, 0], factor.Pivots);
        Assert.Equal([5, 1, 0], factor.OntoPivots([5, 1, 7]));
    }

    [Fact]
    public void A_variance_that_rounding_makes_negative_is_none()
    {
        var factor = PivotedCholesky.Of([[-1e-12], [1e-9, 1], [0, 0.5, 1]], [1, 1, 1], 3, s_parallel);

        Assert.Equal([1, 2, 0], factor.Pivots);
        Assert.All(PivotedCholesky.Of([[-1e-12], [1e-9, 1], [0, 0.5, 1]], [1, 1, 1], 1, s_parallel).OntoPivots([2, 3, 4]), value => Assert.InRange(value, 0, 6));
    }

    [Fact]
    public void Two_equal_variables_are_one()
    {
        var factor = PivotedCholesky.Of([[1], [1, 1], [0, 0, 0.5]], [1, 1, 1], 2, s_parallel);

        Assert.Equal([0, 2], factor.Pivots);
        Assert.All(factor.OntoPivots([1, 3, 5]), (value, index) => Assert.Equal(new[] { 4, 0, 5 }[index], value, 0.01));
    }

    [Fact]
    public void Cancelling_ends_it() => Assert.ThrowsAny<OperationCanceledException>(() =>
        PivotedCholesky.Of([[1], [0, 1]], [1, 1], 1, new ParallelOptions { CancellationToken = new CancellationToken(canceled: true) }));

    [Fact]
    public void With_all_variables_nothing_changes() =>
        Assert.Equal([0.1, -3, 7], PivotedCholesky.Of([[2], [1, 2], [0.5, 1, 2]], [1, 1, 1], 3, s_parallel).OntoPivots([0.1, -3, 7]));
}
