using MiCse.Training.Losses;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

/// <summary>The estimators for devices that are not asked anything, beside those for the CPU, which ask how many rows count.</summary>
public class WeightedMutualInformationTests
{
    [Theory]
    [InlineData(5, 0.0)]
    [InlineData(5, 0.3)]
    [InlineData(3, 0.9)] // rows without common positions
    [InlineData(14, 0.3)]
    public void Exact_has_the_value_and_the_gradient(int tokens, double dropout) =>
        Compare(Maps(tokens, dropout), maps => AttentionMutualInformation.Exact(maps), maps => WeightedMutualInformation.Exact(AttentionRows.From(maps, 2)));

    [Theory]
    [InlineData(14, 0.0)] // every row has more than 150 positions
    [InlineData(14, 0.1)]
    public void Sampled_draws_the_same_positions_where_every_row_has_enough(int tokens, double dropout) =>
        Compare(
            Maps(tokens, dropout),
            maps => AttentionMutualInformation.Sampled(maps, new Generator(3)),
            maps => WeightedMutualInformation.Sampled(AttentionRows.From(maps, 2), new Generator(3)));

    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    public void Sampled_takes_all_positions_of_short_texts_alike(int tokens) =>
        Compare(
            Maps(tokens, 0),
            maps => AttentionMutualInformation.Sampled(maps, new Generator(3)),
            maps => WeightedMutualInformation.Sampled(AttentionRows.From(maps, 2), new Generator(4)));

    [Fact]
    public void Rows_without_enough_positions_weigh_nothing()
    {
        // One sentence has 196 · 2 positions in a row, the other one 2 · 2: only the first counts, whatever is drawn of the other.
        using var scope = NewDisposeScope();
        var maps = Maps(14, 0);
        var mask = ones([4, 1, 14, 14], ScalarType.Float64);
        mask.narrow(0, 2, 2).narrow(2, 2, 12).zero_();
        mask.narrow(0, 2, 2).narrow(3, 2, 12).zero_();
        Tensor[] masked = [.. maps.Select(map => map * mask)];
        var first = AttentionRows.From([.. maps.Select(map => map.narrow(0, 0, 2))], 2);
        var expected = AttentionMutualInformation.Sampled([.. maps.Select(map => map.narrow(0, 0, 2))], new Generator(3)).item<double>();

        var found = Enumerable.Range(0, 40).Average(seed => WeightedMutualInformation.Sampled(AttentionRows.From(masked, 2), new Generator((ulong)seed)).item<double>());
        var plain = Enumerable.Range(0, 40).Average(seed => AttentionMutualInformation.Sampled(masked, new Generator((ulong)seed)).item<double>());

        Assert.Equal(plain, found, 0.15 * plain);
        Assert.True(expected > 0 && first.First.shape[0] > 0);
    }

    [Fact]
    public void Nothing_in_common_is_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor[] maps = [.. Maps(4, 0).Select(map => map * tensor(new[] { 1.0, 0, 1, 0 }).reshape(4, 1, 1, 1))];

        Assert.Equal(0, WeightedMutualInformation.Exact(AttentionRows.From(maps, 2)).item<double>());
        Assert.Equal(0, WeightedMutualInformation.Sampled(AttentionRows.From(maps, 2), new Generator(1)).item<double>());
    }

    private static void Compare(Tensor[] maps, Func<Tensor[], Tensor> expected, Func<Tensor[], Tensor> found)
    {
        using var scope = NewDisposeScope();
        var (one, other) = (Run(expected), Run(found));

        TensorAssert.Near(one.Value, other.Value, 1e-9);
        Assert.All(one.Gradients.Zip(other.Gradients), pair => TensorAssert.Near(pair.First, pair.Second, 1e-9));

        (double Value, Tensor[] Gradients) Run(Func<Tensor[], Tensor> information)
        {
            Tensor[] leaves = [.. maps.Select(map => map.detach().clone().requires_grad_())];
            var value = information(leaves);
            value.backward();
            return (value.item<double>(), [.. leaves.Select(leaf => leaf.grad!)]);
        }
    }

    private static Tensor[] Maps(int tokens, double dropout)
    {
        manual_seed(tokens);
        return [.. Enumerable.Range(0, 4).Select(_ => nn.functional.dropout(randn([4, 2, tokens, tokens], ScalarType.Float64).softmax(-1), dropout))];
    }
}
