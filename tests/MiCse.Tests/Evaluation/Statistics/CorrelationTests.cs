using System.Text.Json;
using CsCheck;
using MiCse.Evaluation.Statistics;

namespace MiCse.Tests.Evaluation.Statistics;

public class CorrelationTests
{
    private static readonly Lazy<JsonElement[]> Golden = new(() =>
        [.. JsonDocument.Parse(File.ReadAllText(Fixture.Path("metrics", "correlations.json"))).RootElement.GetProperty("cases").EnumerateArray()]);

    public static TheoryData<string> Cases => [.. Golden.Value.Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Golden_cases_agree(string name)
    {
        var one = Golden.Value.Single(candidate => candidate.GetProperty("name").GetString() == name);
        var (x, y) = (Numbers(one.GetProperty("x")), Numbers(one.GetProperty("y")));
        AssertFigure(one.GetProperty("spearman"), () => Correlation.Spearman(x, y));
        if (one.TryGetProperty("rank_x", out var ranks) && ranks.ValueKind == JsonValueKind.Array)
        {
            Assert.Equal(Numbers(ranks), Correlation.AverageRanks(x));
        }

        if (!one.GetProperty("note").GetString()!.Contains("do not compare", StringComparison.Ordinal))
        {
            AssertFigure(one.GetProperty("pearson"), () => Correlation.Pearson(x, y));
        }
    }

    [Fact]
    public void Different_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Correlation.Pearson([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Correlation.Spearman([1, 2], [1, 2, 3]));
    }

    [Fact]
    public void Agrees_with_the_textbook_formula() =>
        Values(3, 40).Sample(values =>
        {
            var (x, y) = values;
            var (meanX, meanY) = (x.Average(), y.Average());
            var covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
            var deviations = Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
            var r = Correlation.Pearson(x, y);
            Assert.True(deviations == 0 ? double.IsNaN(r) : Math.Abs(covariance / deviations - r) < 1e-9);
        });

    [Fact]
    public void Ranks_count_the_smaller_and_half_the_equal() =>
        Values(1, 40).Sample(values => Assert.Equal(
            values.X.Select(value => values.X.Count(other => other < value) + (values.X.Count(other => other == value) + 1) / 2.0),
            Correlation.AverageRanks(values.X)));

    private static Gen<(double[] X, double[] Y)> Values(int shortest, int longest) =>
        from length in Gen.Int[shortest, longest]
        from x in Gen.Int[-5, 5].Select(i => i / 2.0).Array[length]
        from y in Gen.Double[-3, 3].Array[length]
        select (x, y);

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => throw new InvalidDataException(other),
        };

    private static void AssertFigure(JsonElement expected, Func<double> actual)
    {
        if (expected.ValueKind == JsonValueKind.String && expected.GetString()!.StartsWith("error", StringComparison.Ordinal))
        {
            Assert.Throws<ArgumentException>(() => actual());
            return;
        }

        var figure = Number(expected);
        if (double.IsNaN(figure))
        {
            Assert.Equal(double.NaN, actual());
        }
        else
        {
            Assert.Equal(figure, actual(), 1e-9);
        }
    }
}
