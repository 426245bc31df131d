using MiCse.Training.Losses;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

public class ContrastiveLossTests
{
    private const string Folder = "losses";

    public static TheoryData<string> Cases => GoldenTensors.CaseNames(Folder, "infonce.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_logits_and_gradients_are_the_references(string name) =>
        Verify(name, ScalarType.Float32, "", 1e-5, 1e-6, 1e-4, gradientRounding: 1e-7);

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_float64_they_agree_to_1e_9(string name) => Verify(name, ScalarType.Float64, "_f64", 1e-9, 1e-9, 1e-9, 0);

    [Fact]
    public void By_hand()
    {
        // cos: 1 and 0 for the first row, 0 and 1 for the second; over 0.5: loss = ln(e² + 1) - 2.
        using var first = tensor(new double[,] { { 2, 0 }, { 0, 3 } });
        using var second = tensor(new double[,] { { 1, 0 }, { 0, 1 } });
        using var loss = ContrastiveLoss.Compute(first, second, temperature: 0.5);
        Assert.Equal(Math.Log(Math.Exp(2) + 1) - 2, loss.item<double>(), 12);
    }

    [Fact]
    public void Hard_negatives_by_hand()
    {
        // One sentence: cosines 1 and 0.6; the weight is added to the negative's logit.
        using var first = tensor(new double[,] { { 1, 0 } });
        using var negative = tensor(new double[,] { { 3, 4 } });
        using var loss = ContrastiveLoss.Compute(first, first, negative, temperature: 0.1, hardNegativeWeight: 1.5);
        Assert.Equal(Math.Log(Math.Exp(10) + Math.Exp(7.5)) - 10, loss.item<double>(), 12);
    }

    [Fact]
    public void Gradient_is_the_slope()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (second, negative) = (randn(3, 4, ScalarType.Float64), randn(3, 4, ScalarType.Float64));
        GradientCheck.Verify(
            first => ContrastiveLoss.Compute(first, second, negative, 0.5, 0.3), randn(3, 4, ScalarType.Float64));
    }

    // When a batch is solved, its gradient is the distance of a probability from 1, which float32 (also the reference's)
    // resolves to 6e-8 only: that is what gradientRounding allows.
    private static void Verify(
        string name, ScalarType type, string suffix, double relative, double absolute, double gradientTolerance, double gradientRounding)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "infonce.safetensors");
        var json = GoldenTensors.Case(name, Folder, "infonce.json");
        var inputs = new[] { "z1", "z2", "z3" }
            .Where(input => golden.Has($"{name}.{input}"))
            .Select(input => golden[$"{name}.{input}"].to(type).clone().requires_grad_())
            .ToArray();

        var logits = ContrastiveLoss.Logits(
            inputs[0], inputs[1], inputs.ElementAtOrDefault(2), json.GetProperty("temp").GetDouble(), json.GetProperty("hard_negative_weight").GetDouble());
        if (json.GetProperty("diag_only").GetBoolean())
        {
            logits = ReferenceOptions.DiagonalOnly(logits);
        }

        var loss = ContrastiveLoss.CrossEntropy(logits);
        loss.backward();

        TensorAssert.NearLargest(golden[$"{name}.logits{suffix}"], logits, relative, "logits");
        TensorAssert.Near(json.GetProperty("loss" + suffix).GetDouble(), loss.to(ScalarType.Float64).item<double>(), relative, absolute, "loss");
        for (var i = 0; i < inputs.Length; i++)
        {
            var expected = golden[$"{name}.grad_z{i + 1}{suffix}"];
            var largest = expected.to(ScalarType.Float64).abs().max().item<double>();
            TensorAssert.Near(expected, inputs[i].grad!, Math.Max(gradientTolerance * largest, gradientRounding), $"gradient of z{i + 1}");
        }
    }
}
