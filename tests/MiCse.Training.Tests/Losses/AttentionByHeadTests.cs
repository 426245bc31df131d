using MiCse.Training.Losses;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

public class AttentionByHeadTests
{
    [Fact]
    public void By_hand()
    {
        // Logarithms 0, 1, 2, 3 and 0, 1, 3, 2: ρ = 4/5. The second head's views are zero nowhere together.
        using var scope = NewDisposeScope();
        var alike = tensor(new[] { 0.0, 1, 2, 3, 0, 1, 3, 2 }).exp().reshape(2, 1, 2, 2);
        var apart = tensor(new[] { 0.5, 0, 0.5, 0, 0, 0.5, 0, 0.5 }).reshape(2, 1, 2, 2);

        var heads = AttentionMutualInformation.ByHead([cat([alike, apart], 1)]);

        Assert.Equal([1, 1, 2], heads.shape);
        Assert.Equal(-0.5 * Math.Log(1 - 0.64), heads[0, 0, 0].item<double>(), 10);
        Assert.True(double.IsNaN(heads[0, 0, 1].item<double>()));
    }

    [Theory]
    [InlineData(1, 2, 7)]
    [InlineData(3, 2, 5)]
    [InlineData(2, 3, 4)]
    public void The_mean_of_two_layers_is_the_loss_before_its_scale(int sentences, int sequencesPerSentence, int tokens)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var shape = new long[] { sentences * sequencesPerSentence, 4, tokens, tokens };
        Tensor[] maps = [.. Enumerable.Range(0, 5).Select(_ => rand(shape, generator: generator) * rand(shape, generator: generator).gt(0.15))];

        var heads = AttentionMutualInformation.ByHead(maps, sequencesPerSentence);

        Assert.Equal([sentences, 5, 4], heads.shape);
        for (var layer = 0; layer < 4; layer++)
        {
            Tensor[] two = [maps[layer], maps[layer + 1]];
            var share = AttentionRows.From(two, sequencesPerSentence).Common.mean([], type: ScalarType.Float64).item<double>();
            var expected = heads.narrow(1, layer, 2).mean().item<double>() * ((share * share) + 1e-6);
            Assert.Equal(expected, AttentionMutualInformation.Exact(two, sequencesPerSentence).item<double>(), 12);
        }
    }

    [Fact]
    public void No_layers_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => AttentionMutualInformation.ByHead([]));
}
