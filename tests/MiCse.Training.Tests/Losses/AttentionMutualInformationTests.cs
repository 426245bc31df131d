using MiCse.Training.Losses;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

public class AttentionMutualInformationTests
{
    private const string Folder = "losses";

    [Fact]
    public void By_hand()
    {
        // Logarithms 0, 1, 2, 3 and 0, 1, 3, 2: ρ = 4/5, in both rows; all positions are common, so the scale is 1 + 1e-6.
        using var scope = NewDisposeScope();
        var map = tensor(new[] { 0.0, 1, 2, 3, 0, 1, 3, 2 }).exp().reshape(2, 1, 2, 2);
        var expected = -0.5 * Math.Log(1 - 0.64) * (1 + 1e-6);

        Assert.Equal(expected, AttentionMutualInformation.Exact([map, map]).item<double>(), 10);
        Assert.Equal(expected, AttentionMutualInformation.Sampled([map, map], new Generator(1)).item<double>(), 10);
    }

    [Fact]
    public void Exact_equals_a_plain_loop_over_positions()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (sentences, heads, tokens, layers) = (3, 2, 5, 4);
        var maps = Enumerable.Range(0, layers).Select(_ =>
            nn.functional.dropout(randn(2 * sentences, heads, tokens, tokens, ScalarType.Float64).softmax(-1), 0.3)).ToArray();

        Assert.Equal(PlainLoop(maps, sentences, heads, tokens), AttentionMutualInformation.Exact(maps).item<double>(), 10);
    }

    [Fact]
    public void Gradients_are_slopes()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var attention = randn([2, 2, 2, 3, 3], ScalarType.Float64).softmax(-1);
        var alive = rand([2, 2, 2, 3, 3]).gt(0.2); // the others stay zero when moved
        GradientCheck.Verify(x => AttentionMutualInformation.Exact([x[0] * alive[0], x[1] * alive[1]]), attention, tolerance: 1e-5);

        AttentionRows Kept(Tensor x) => AttentionMutualInformation.KeepForSampling(AttentionRows.From([x[0] * alive[0], x[1] * alive[1]], 2)).Rows;
        var (rows, samples) = AttentionMutualInformation.KeepForSampling(Kept(attention));
        var positions = rows.Common.to(ScalarType.Int64).topk(samples, 1).indexes;
        GradientCheck.Verify(x => AttentionMutualInformation.OfSamples(Kept(x), positions), attention, tolerance: 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_that_is_all_but_extinguished_leaves_the_gradient_finite(bool exact)
    {
        // The reference's gradient of a probability of 1e-42 is 6e35, and with a little more weight beyond 32 bits.
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_edge.safetensors");
        var (value, gradient, _) = Compute("denormal_probability", exact, weight: 1e6);
        var expected = -1e6 * GoldenTensors.Case("denormal_probability", Folder, "ami_edge.json").GetProperty("value").GetDouble();
        var ordinary = golden["denormal_probability.grad"].abs().lt(1e30);

        Assert.Equal(1, ordinary.logical_not().sum().item<long>());
        TensorAssert.Near(expected, value, 1e-5);
        TensorAssert.NearLargest(golden["denormal_probability.grad"].where(ordinary, 0) * -1e6f, gradient, 1e-4, "gradient");
    }

    [Theory]
    [InlineData("identical_views", 13.8155)]
    [InlineData("identical_views_single_head_neg_inf", 13.8155)]
    [InlineData("two_common_positions", 13.8155)]
    public void Coinciding_views_give_a_large_value_and_a_finite_gradient(string name, double largest)
    {
        foreach (var exact in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            var (value, gradient, rows) = Compute(name, exact);
            var share = rows.Common.to(ScalarType.Float64).mean().item<double>();
            Assert.InRange(value, 0.9 * largest * share * share, largest * (1 + 1e-4));
            Assert.True(gradient.isfinite().all().item<bool>());
        }
    }

    [Theory]
    [InlineData("zero_overlap")]
    [InlineData("one_common_position")]
    [InlineData("constant_view2")]
    [InlineData("both_constant_quarter")]
    [InlineData("both_constant_eighth")]
    public void Nothing_in_common_gives_nothing(string name)
    {
        foreach (var exact in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            var (value, gradient, _) = Compute(name, exact);
            Assert.Equal(0, value, 12);
            Assert.True(gradient.isfinite().all().item<bool>());
        }
    }

    [Theory]
    [InlineData("max_layer_beyond_model")]
    [InlineData("one_row_without_overlap_but_others_150")]
    [InlineData("nan_attention")]
    public void Edges_that_do_not_hang_on_rounding_are_the_references(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_edge.safetensors");
        var (value, gradient, _) = Compute(name, exact: false);
        TensorAssert.Near(-GoldenTensors.Case(name, Folder, "ami_edge.json").GetProperty("value").GetDouble(), value, 1e-5);
        TensorAssert.NearLargest(golden[name + ".grad"], -gradient, 1e-4, "gradient");
    }

    [Fact]
    public void A_row_without_common_positions_is_left_out()
    {
        // The reference switches the term off for the whole batch.
        using var scope = NewDisposeScope();
        var (value, gradient, rows) = Compute("one_row_without_overlap", exact: true);
        var filled = rows.Common.any(1).nonzero().squeeze(1);
        Assert.Equal(rows.First.shape[0] - 1, filled.shape[0]);
        Assert.Equal(AttentionMutualInformation.ExactOf(rows.Keep(filled)).item<double>(), value, 12);
        Assert.True(value > 0 && gradient.isfinite().all().item<bool>());
        Assert.True(Compute("one_row_without_overlap", exact: false).Value > 0);
    }

    [Fact]
    public void Three_common_positions_agree_in_float64()
    {
        using var scope = NewDisposeScope();
        var (value, _, _) = Compute("three_common_positions", exact: false, ScalarType.Float64);
        TensorAssert.Near(
            -GoldenTensors.Case("three_common_positions", Folder, "ami_edge.json").GetProperty("value_f64").GetDouble(), value, 1e-9);
    }

    [Fact]
    public void An_odd_number_of_layers_is_refused()
    {
        using var map = ones(2, 1, 3, 3);
        var error = Assert.Throws<ArgumentException>(() => AttentionMutualInformation.Exact([map, map, map]));
        Assert.StartsWith("Attention mutual information needs an even number of layers, not 3.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hard_negatives_are_left_out()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var maps = Enumerable.Range(0, 2).Select(_ => randn(6, 2, 4, 4).softmax(-1)).ToArray();
        var views = maps.Select(map => map.index_select(0, tensor(new long[] { 0, 1, 3, 4 }))).ToArray();
        Assert.Equal(
            AttentionMutualInformation.Exact(views).item<double>(), AttentionMutualInformation.Exact(maps, sequencesPerSentence: 3).item<double>(), 12);
        Assert.Throws<ArgumentException>(() => AttentionMutualInformation.Exact(maps, sequencesPerSentence: 4));
    }

    [Fact]
    public void The_same_seed_draws_the_same_positions_at_any_number_of_threads()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var maps = Enumerable.Range(0, 2).Select(_ => randn(32, 4, 24, 24).softmax(-1)).ToArray();
        var threads = get_num_threads();
        try
        {
            var values = new[] { 1, 2, 3 }.Select(count =>
            {
                set_num_threads(count);
                return AttentionMutualInformation.Sampled(maps, new Generator(9)).item<double>();
            }).ToList();
            Assert.All(values, value => Assert.Equal(values[0], value));
            Assert.NotEqual(values[0], AttentionMutualInformation.Sampled(maps, new Generator(10)).item<double>());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static (double Value, Tensor Gradient, AttentionRows Rows) Compute(
        string name, bool exact, ScalarType type = ScalarType.Float32, double weight = 1)
    {
        using var golden = new GoldenTensors(Folder, "ami_edge.safetensors");
        var json = GoldenTensors.Case(name, Folder, "ami_edge.json");
        var attentions = golden[name + ".attentions"].to(type).clone().requires_grad_();
        var end = Math.Min(json.GetProperty("max_layer").GetInt32(), (int)attentions.shape[1]);
        var maps = ReferenceOptions.Maps(attentions, json.GetProperty("min_layer").GetInt32(), end);
        var value = (exact ? AttentionMutualInformation.Exact(maps) : AttentionMutualInformation.Sampled(maps, new Generator(2))) * weight;
        if (value.requires_grad)
        {
            value.backward();
        }

        return (value.item<double>(), attentions.grad ?? zeros_like(attentions), AttentionRows.From(maps, 2));
    }

    private static double PlainLoop(Tensor[] maps, int sentences, int heads, int tokens)
    {
        var values = maps.Select(map => map.data<double>()).ToArray();
        var (information, rows, common, positions) = (0.0, 0, 0, 0);
        for (var sentence = 0; sentence < sentences; sentence++)
        {
            for (var head = 0; head < heads; head++)
            {
                for (var parity = 0; parity < 2; parity++)
                {
                    List<(double X, double Y)> pairs = [];
                    for (var layer = parity; layer < maps.Length; layer += 2)
                    {
                        for (var query = 0; query < tokens; query++)
                        {
                            for (var key = 0; key < tokens; key++)
                            {
                                var (x, y) = (values[layer][2 * sentence, head, query, key], values[layer][(2 * sentence) + 1, head, query, key]);
                                positions++;
                                if (x > 0 && y > 0)
                                {
                                    pairs.Add((Math.Log(x), Math.Log(y)));
                                }
                            }
                        }
                    }

                    Assert.NotEmpty(pairs);
                    var (meanX, meanY) = (pairs.Average(pair => pair.X), pairs.Average(pair => pair.Y));
                    var correlation = pairs.Sum(pair => (pair.X - meanX) * (pair.Y - meanY))
                        / Math.Sqrt(pairs.Sum(pair => Math.Pow(pair.X - meanX, 2)) * pairs.Sum(pair => Math.Pow(pair.Y - meanY, 2)));
                    information += -0.5 * Math.Log(1 - (correlation * correlation));
                    (rows, common) = (rows + 1, common + pairs.Count);
                }
            }
        }

        return information / rows * (Math.Pow((double)common / positions, 2) + 1e-6);
    }
}
