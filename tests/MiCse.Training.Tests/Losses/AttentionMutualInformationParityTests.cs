using System.Text.Json;
using MiCse.Training.Losses;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

/// <summary>The reference's value is negative: it is added to the loss and ours is subtracted.</summary>
public class AttentionMutualInformationParityTests
{
    private const string Folder = "losses";

    public static TheoryData<string> Deterministic => GoldenTensors.CaseNames(Folder, "ami_deterministic.json");

    public static TheoryData<string> Stochastic => GoldenTensors.CaseNames(Folder, "ami_stochastic.json");

    [Fact]
    public void Every_attention_probability_goes_to_the_references_row_and_column()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_deterministic.safetensors");
        var rows = AttentionRows.From(ReferenceOptions.Maps(golden["layout_probe.attentions"], 1, 5), 2);
        TensorAssert.Near(golden["layout_probe.rows_view1"], rows.First, 0);
        TensorAssert.Near(golden["layout_probe.rows_view2"], rows.Second, 0);
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Values_and_gradients_are_the_references_where_nothing_is_random(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_deterministic.safetensors");
        var json = GoldenTensors.Case(name, Folder, "ami_deterministic.json");
        var (valueTolerance, gradientTolerance) = name.Contains("high_correlation", StringComparison.Ordinal) ? (1e-4, 5e-3) : (1e-5, 1e-4);
        var attentions = golden[name + ".attentions"].clone().requires_grad_();
        var generator = new Generator(7);

        var value = AttentionMutualInformation.Sampled(Maps(attentions, json), generator);
        value.backward();

        TensorAssert.Near(-json.GetProperty("value").GetDouble(), value.item<double>(), valueTolerance);
        TensorAssert.NearLargest(golden[name + ".grad"], -attentions.grad!, gradientTolerance, "gradient");

        var wide = golden[name + ".attentions"].to(ScalarType.Float64).clone().requires_grad_();
        var wideValue = AttentionMutualInformation.Sampled(Maps(wide, json), generator);
        wideValue.backward();

        TensorAssert.Near(-json.GetProperty("value_f64").GetDouble(), wideValue.item<double>(), 1e-9, what: "value in float64");
        TensorAssert.NearLargest(golden[name + ".grad_from_f64_run"], -wide.grad!, 1e-6, "gradient in float64");
    }

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void Kept_rows_and_correlations_are_the_references(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_deterministic.safetensors");
        var json = GoldenTensors.Case(name, Folder, "ami_deterministic.json");
        var all = AttentionRows.From(Maps(golden[name + ".attentions"].to(ScalarType.Float64), json), 2);

        var (rows, samples) = AttentionMutualInformation.KeepForSampling(all);

        Assert.Equal(json.GetProperty("samples_per_row").GetInt32(), samples);
        TensorAssert.Near(all.First.index_select(0, golden[name + ".kept_rows"]), rows.First, 0, "kept rows");
        TensorAssert.Near(golden[name + ".rho_f64"], AttentionMutualInformation.CorrelationOfCommon(rows), 1e-9, "correlations");
    }

    [Theory]
    [MemberData(nameof(Stochastic))]
    public void A_recorded_draw_gives_the_recorded_value(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_stochastic.safetensors");
        var json = GoldenTensors.Case(name, Folder, "ami_stochastic.json");
        var attentions = golden[name + ".attentions"].clone().requires_grad_();
        var all = AttentionRows.From(Maps(attentions, json), 2);
        var (rows, samples) = AttentionMutualInformation.KeepForSampling(all);
        var positions = golden[name + ".recorded.select"].to(ScalarType.Int64);

        var value = AttentionMutualInformation.OfSamples(rows, positions);
        value.backward();

        Assert.Equal(positions.shape[1], samples);
        TensorAssert.Near(all.First.index_select(0, golden[name + ".recorded.kept_rows"]), rows.First, 0, "kept rows");
        TensorAssert.Near(golden[name + ".recorded.rho_f64"], AttentionMutualInformation.Correlation(rows, positions), 1e-6, "correlations");
        TensorAssert.Near(-json.GetProperty("recorded_value").GetDouble(), value.item<double>(), 1e-5);
        TensorAssert.NearLargest(golden[name + ".recorded.grad"], -attentions.grad!, 1e-4, "gradient");
    }

    [Theory]
    [MemberData(nameof(Stochastic))]
    public void Draws_are_distributed_as_the_references(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_stochastic.safetensors");
        var json = GoldenTensors.Case(name, Folder, "ami_stochastic.json");
        var maps = Maps(golden[name + ".attentions"], json);
        var generator = new Generator(20);
        var draws = new double[2000];
        for (var i = 0; i < draws.Length; i++)
        {
            using var value = AttentionMutualInformation.Sampled(maps, generator);
            draws[i] = -value.item<double>();
        }

        var (mean, sem, std) = (draws.Average(), json.GetProperty("sem").GetDouble(), json.GetProperty("std").GetDouble());
        var own = Math.Sqrt(draws.Average(draw => (draw - mean) * (draw - mean)));
        TensorAssert.Near(json.GetProperty("mean").GetDouble(), mean, 0, 4 * Math.Sqrt((sem * sem) + (own * own / draws.Length)), "mean");
        TensorAssert.Near(std, own, 0.1, what: "standard deviation");
    }

    [Theory]
    [MemberData(nameof(Stochastic))]
    public void Exact_estimator_takes_every_common_position(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "ami_stochastic.safetensors");
        var json = GoldenTensors.Case(name, Folder, "ami_stochastic.json");
        var all = AttentionRows.From(Maps(golden[name + ".attentions"], json), 2);
        var (kept, _) = AttentionMutualInformation.KeepForSampling(all);

        TensorAssert.Near(golden[name + ".all_positions.rho_f64"], AttentionMutualInformation.CorrelationOfCommon(all), 1e-6);
        using var ofKept = AttentionMutualInformation.ExactOf(kept);
        TensorAssert.Near(
            -json.GetProperty("exact_over_all_common_positions_of_kept_rows_NOT_REFERENCE").GetDouble(), ofKept.item<double>(), 1e-6);
    }

    private static List<Tensor> Maps(Tensor attentions, JsonElement json)
    {
        var (one, other) = (json.GetProperty("min_layer").GetInt32(), json.GetProperty("max_layer").GetInt32());
        return ReferenceOptions.Maps(attentions, Math.Min(one, other), Math.Max(one, other));
    }
}
