using MiCse.Training.Optimization;
using static TorchSharp.torch;
using AdamW = MiCse.Training.Optimization.AdamW;
using Parameter = TorchSharp.Modules.Parameter;

namespace MiCse.Training.Tests.Optimization;

public class AdamWTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void Every_step_is_torchs(double weightDecay)
    {
        using var scope = NewDisposeScope();
        var json = GoldenTensors.Json("training", "optimizer.json");
        var run = json.GetProperty("runs").EnumerateArray().Single(entry =>
            entry.GetProperty("optimizer").GetString() == "torch_AdamW"
            && entry.GetProperty("dtype").GetString() == "torch.float32"
            && entry.GetProperty("weight_decay").GetDouble() == weightDecay);
        var parameter = new Parameter(Row(json.GetProperty("initial")));
        var optimizer = new AdamW([("weight", parameter)], weightDecay);
        var steps = run.GetProperty("params_after_each_step");
        for (var step = 0; step < steps.GetArrayLength(); step++)
        {
            parameter.grad = Row(json.GetProperty("gradients")[step]);
            optimizer.Step(run.GetProperty("lr").GetDouble());
            TensorAssert.Near(Row(steps[step]), parameter, 1e-7, $"step {step}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(1037)]
    [InlineData((2 * TensorElements.ChunkLength) + 5)]
    public void Long_parameters_are_updated_as_torchs_optimizer_does(int length)
    {
        using var scope = NewDisposeScope();
        manual_seed(length);
        var own = new Parameter(randn(length, 1));
        var torchs = new Parameter(own.detach().clone());
        var optimizer = new AdamW([("weight", own)], weightDecay: 0.01);
        using var expected = optim.AdamW([torchs], lr: 1e-3, weight_decay: 0.01);
        for (var step = 0; step < 5; step++)
        {
            var gradient = randn(length, 1);
            own.grad = gradient;
            torchs.grad = gradient.clone();
            optimizer.Step(1e-3);
            expected.step();
        }

        TensorAssert.Near(torchs, own, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1037)]
    [InlineData(TensorElements.ChunkLength + 5)]
    public void Libtorchs_operations_take_the_same_steps_as_the_fused_loop(int length)
    {
        using var scope = NewDisposeScope();
        manual_seed(length);
        var fused = new Parameter(randn(length, 1));
        var plain = new Parameter(fused.detach().clone());
        using var fusedOptimizer = new AdamW([("weight", fused)], weightDecay: 0.01);
        using var plainOptimizer = new AdamW([("weight", plain)], weightDecay: 0.01, fused: false);
        for (var step = 0; step < 5; step++)
        {
            var gradient = randn(length, 1);
            fused.grad = gradient;
            plain.grad = gradient.clone();
            fusedOptimizer.Step(1e-3);
            plainOptimizer.Step(1e-3);
        }

        TensorAssert.Near(fused, plain, 1e-6);
        Assert.Equal(fusedOptimizer.State.Select(moment => moment.Key), plainOptimizer.State.Select(moment => moment.Key));
        Assert.All(fusedOptimizer.State.Zip(plainOptimizer.State), pair => TensorAssert.Near(pair.First.Value, pair.Second.Value, 1e-6, pair.First.Key));
    }

    [Fact]
    public void Vectors_do_not_decay()
    {
        using var scope = NewDisposeScope();
        var bias = new Parameter(ones(3));
        bias.grad = zeros(3);
        new AdamW([("bias", bias)], weightDecay: 0.5).Step(0.1);
        TensorAssert.Near(ones(3), bias, 0);
    }

    [Fact]
    public void A_parameter_without_gradient_stays()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(2, 2));
        new AdamW([("weight", parameter)], weightDecay: 0.5).Step(0.1);
        TensorAssert.Near(ones(2, 2), parameter, 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resumed_it_continues_to_the_same_bits(bool fused)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var gradients = Enumerable.Range(0, 6).Select(_ => randn(33)).ToArray();
        var whole = new Parameter(randn(33));
        var interrupted = new Parameter(whole.detach().clone());
        var optimizer = new AdamW([("w", whole)], fused: fused);
        Take(optimizer, whole, gradients);

        var before = new AdamW([("w", interrupted)], fused: fused);
        Take(before, interrupted, gradients[..3]);
        var after = new AdamW([("w", interrupted)], fused: fused);
        after.Resume(before.Steps, before.State.ToDictionary(moment => moment.Key, moment => moment.Value.ToArray()));
        Take(after, interrupted, gradients[3..]);

        Assert.Equal(whole.bytes.ToArray(), interrupted.bytes.ToArray());
        Assert.Equal(6, after.Steps);
    }

    [Fact]
    public void Missing_and_misshapen_moments_are_listed()
    {
        using var scope = NewDisposeScope();
        var optimizer = new AdamW([("w", new Parameter(ones(3)))]);
        var error = Assert.Throws<ArgumentException>(() =>
            optimizer.Resume(1, new Dictionary<string, float[]> { ["w.first_moment"] = [1, 2] }));
        Assert.StartsWith(
            "2 moments are missing or not of this length: w.first_moment (3); w.second_moment (3).", error.Message, StringComparison.Ordinal);
    }

    private static void Take(AdamW optimizer, Parameter parameter, Tensor[] gradients)
    {
        foreach (var gradient in gradients)
        {
            parameter.grad = gradient.clone();
            optimizer.Step(1e-2);
        }
    }

    private static Tensor Row(System.Text.Json.JsonElement numbers) =>
        tensor(numbers.EnumerateArray().Select(number => number.GetSingle()).ToArray()).reshape(1, -1);
}
