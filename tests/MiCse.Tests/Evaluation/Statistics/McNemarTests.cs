using System.Numerics;
using MiCse.Evaluation.Statistics;

namespace MiCse.Tests.Evaluation.Statistics;

public sealed class McNemarTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 5, 0.0625)] // 2 / 2^5
    [InlineData(1, 4, 0.375)] // 2 (1 + 5) / 2^5
    [InlineData(3, 3, 1)]
    public void By_hand(int onlyFirst, int onlySecond, double p)
    {
        Assert.Equal(p, McNemar.PValue(onlyFirst, onlySecond), 1e-12);
        Assert.Equal(p, McNemar.PValue(onlySecond, onlyFirst), 1e-12);
    }

    [Theory]
    [InlineData(40, 70)]
    [InlineData(950, 1050)]
    [InlineData(4800, 5200)]
    public void In_logarithms_it_is_the_binomial_tail(int onlyFirst, int onlySecond)
    {
        var (n, tail, term) = (onlyFirst + onlySecond, BigInteger.Zero, BigInteger.One);
        for (var i = 0; i <= Math.Min(onlyFirst, onlySecond); i++)
        {
            tail += term;
            term = term * (n - i) / (i + 1);
        }

        var expected = Math.Exp(BigInteger.Log(2 * tail) - n * Math.Log(2));
        Assert.Equal(expected, McNemar.PValue(onlyFirst, onlySecond), 1e-9 * expected);
    }
}
