using CsCheck;
using MiCse.Evaluation.Statistics;
using MiCse.Evaluation.Tasks;

namespace MiCse.Tests.Evaluation.Statistics;

public class BootstrapTests
{
    [Fact]
    public void Spearman_over_a_sample_is_spearman_of_the_sampled_values() =>
        Gen.Select(Gen.Int[0, 6].Array[2, 40], Gen.Int).Sample((values, seed) =>
        {
            double[] x = [.. values.Select((value, i) => value + (i % 3 == 0 ? 0.5 : 0))];
            double[] y = [.. values.Select((value, i) => (double)(value * i % 5))];
            var random = new Random(seed);
            int[] sample = [.. x.Select(_ => random.Next(x.Length))];
            var expected = Correlation.Spearman([.. sample.Select(i => x[i])], [.. sample.Select(i => y[i])]);
            Assert.Equal(expected, new SampledSpearman(x, y).Of(sample), 1e-12);
        }, iter: 1_000);

    [Fact]
    public void Figures_see_the_same_samples_and_a_seed_repeats_them()
    {
        Func<ReadOnlySpan<int>, double> first = sample => sample[0] * 1000 + sample[^1];
        var twice = Bootstrap.Run(50, 20, 9, first, first);
        Assert.Equal(twice[0], twice[1]);
        Assert.Equal(twice[0], Bootstrap.Run(50, 20, 9, first)[0]);
        Assert.NotEqual(twice[0], Bootstrap.Run(50, 20, 10, first)[0]);
        Assert.True(twice[0].Distinct().Count() > 10);
    }

    [Fact]
    public void Quantiles_are_interpolated_and_undefined_values_left_out()
    {
        Assert.Equal(new ConfidenceInterval(2.5, 97.5), ConfidenceInterval.Of(Enumerable.Range(0, 101).Reverse().Select(i => (double)i).Append(double.NaN)));
        Assert.Equal(new ConfidenceInterval(7, 7), ConfidenceInterval.Of([7]));
        Assert.Null(ConfidenceInterval.Of([double.NaN]));
    }

    [Fact]
    public void The_interval_of_an_accuracy_is_that_of_the_binomial_distribution()
    {
        var result = new TransferResult("T", EvaluationSplit.Test, 0.8, null, [.. Enumerable.Range(0, 400).Select(i => i % 5 != 0)]);
        var interval = ConfidenceInterval.Of(Bootstrap.Run(result.SampleSize, 4000, seed: 42, result.ScoreOfSample())[0])!.Value;
        // 1.96 standard errors of sqrt(0.8 · 0.2 / 400) = 0.02.
        Assert.Equal(0.8 - 0.0392, interval.Low, 0.004);
        Assert.Equal(0.8 + 0.0392, interval.High, 0.004);
    }
}
