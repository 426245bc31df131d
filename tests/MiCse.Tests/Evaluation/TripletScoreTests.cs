using MiCse.Evaluation;

namespace MiCse.Tests.Evaluation;

public sealed class TripletScoreTests
{
    [Fact]
    public void Margins_are_counted_as_a_whole_and_by_label()
    {
        var scores = TripletScore.Of(["b", "a", "b", null], [0.5, -0.25, 5e-9, 0.25]);

        Assert.Equal(["b", "a", null], scores.Select(score => score.Label));
        Assert.Equal([1, 0, 2], scores.Select(score => score.Right)); // a tie is not right, nor what float32 makes of one
        Assert.Equal([2, 1, 4], scores.Select(score => score.Margins.Count));
        Assert.Equal([0.2500000025, -0.25, 0.12500000125], scores.Select(score => score.MeanMargin));
        Assert.Equal(0.5, scores[^1].Accuracy);
    }

    // From the formula as it is usually printed: (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
    [Theory]
    [InlineData(12, 12, 0.757506, 1)]
    [InlineData(0, 12, 0, 0.242494)]
    [InlineData(47, 60, 0.663800, 0.868770)]
    [InlineData(1, 3, 0.061492, 0.792340)]
    public void The_interval_is_Wilsons(int right, int count, double low, double high)
    {
        var score = new TripletScore(null, [.. Enumerable.Range(0, count).Select(number => number < right ? 0.1 : -0.1)]);

        Assert.Equal(low, score.Interval.Low, 1e-6);
        Assert.Equal(high, score.Interval.High, 1e-6);
    }

    [Fact]
    public void Only_triplets_that_one_encoder_alone_gets_right_tell_two_apart()
    {
        var first = new TripletScore(null, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.1]);
        var second = new TripletScore(null, [0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2]);

        Assert.Equal(2 / 64.0, first.PValueAgainst(second), 1e-12);
        Assert.Equal(first.PValueAgainst(second), second.PValueAgainst(first));
        Assert.Equal(1, first.PValueAgainst(first));
    }
}
