using MiCse.Training.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Optimization;

public class GradientClippingTests
{
    [Fact]
    public void Norm_and_clipped_gradients_are_torchs()
    {
        using var scope = NewDisposeScope();
        foreach (var json in GoldenTensors.Json("training", "optimizer.json").GetProperty("clip_grad_norm").EnumerateArray())
        {
            var parameters = json.GetProperty("grads").EnumerateArray().Select(Parameter).ToList();
            var norm = GradientClipping.Clip(parameters, json.GetProperty("max_norm").GetDouble()).Read();
            TensorAssert.Near(json.GetProperty("total_norm").GetDouble(), norm, 1e-6, what: "norm");
            foreach (var (expected, parameter) in json.GetProperty("clipped").EnumerateArray().Zip(parameters))
            {
                TensorAssert.Near(Flat(expected), parameter.grad!, 1e-6, "clipped gradient");
            }
        }
    }

    [Fact]
    public void Long_gradients_are_clipped_whole()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var parameter = new Parameter(zeros(3 * TensorElements.ChunkLength / 2));
        parameter.grad = randn(parameter.shape);
        var expected = parameter.grad.norm().item<float>();
        TensorAssert.Near(expected, GradientClipping.Clip([parameter], 2).Read(), 1e-5, what: "norm");
        TensorAssert.Near(2, parameter.grad.norm().item<float>(), 1e-5, what: "norm after clipping");
    }

    [Fact]
    public void Libtorchs_operations_clip_as_the_fused_loop_does()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        Parameter[] fused = [new(zeros(7)), new(zeros(TensorElements.ChunkLength + 5)), new(zeros(2))];
        Parameter[] plain = [new(zeros(7)), new(zeros(TensorElements.ChunkLength + 5)), new(zeros(2))];
        for (var index = 0; index < 2; index++)
        {
            fused[index].grad = randn(fused[index].shape);
            plain[index].grad = fused[index].grad!.clone();
        }

        TensorAssert.Near(GradientClipping.Clip(fused, 2).Read(), GradientClipping.Clip(plain, 2, fused: false).Read(), 1e-6, what: "norm");
        TensorAssert.Near(fused[0].grad!, plain[0].grad!, 1e-6);
        TensorAssert.Near(fused[1].grad!, plain[1].grad!, 1e-6);
    }

    [Fact]
    public void Elements_on_another_device_are_not_reached_in_place()
    {
        using var elsewhere = zeros(3, device: META);

        Assert.Contains("CPU alone", Assert.Throws<ArgumentException>(() => { _ = new TensorElements(elsewhere); }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gradient_that_is_not_finite_shows_in_the_norm_and_nothing_is_scaled(bool fused)
    {
        using var scope = NewDisposeScope();
        var parameter = Parameter(System.Text.Json.JsonDocument.Parse("[3, 4]").RootElement);
        parameter.grad![0] = float.NaN;
        Assert.Equal(double.NaN, GradientClipping.Clip([parameter], 1, fused).Read());
        Assert.Equal(4f, parameter.grad[1].item<float>());
    }

    private static Parameter Parameter(System.Text.Json.JsonElement gradient)
    {
        var parameter = new Parameter(zeros_like(Flat(gradient)));
        parameter.grad = Flat(gradient);
        return parameter;
    }

    private static Tensor Flat(System.Text.Json.JsonElement numbers) =>
        tensor(Numbers(numbers).ToArray());

    private static IEnumerable<float> Numbers(System.Text.Json.JsonElement json) =>
        json.ValueKind == System.Text.Json.JsonValueKind.Array ? json.EnumerateArray().SelectMany(Numbers) : [json.GetSingle()];
}
