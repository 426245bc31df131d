using static TorchSharp.torch;

namespace MiCse.Training.Tests;

/// <summary>Autograd against central differences, in float64.</summary>
internal static class GradientCheck
{
    /// <summary>Compares every element of the gradient.</summary>
    public static void Verify(Func<Tensor, Tensor> function, Tensor at, double step = 1e-6, double tolerance = 1e-6)
    {
        using var scope = NewDisposeScope();
        var gradient = Of(function, at);
        for (var i = 0L; i < at.numel(); i++)
        {
            var difference = (At(i, step) - At(i, -step)) / (2 * step);
            var element = gradient.flatten()[i].item<double>();
            Assert.True(Math.Abs(difference - element) <= tolerance * Math.Max(1, Math.Abs(difference)), $"element {i}: {element:r}, numerically {difference:r}");
        }

        double At(long index, double change)
        {
            using var moved = at.detach().clone();
            moved.view(-1)[index] += change;
            using var value = function(moved);
            return value.to(ScalarType.Float64).item<double>();
        }
    }

    /// <summary>The gradient of a scalar function.</summary>
    public static Tensor Of(Func<Tensor, Tensor> function, Tensor at)
    {
        var leaf = at.detach().clone().requires_grad_();
        function(leaf).backward();
        return leaf.grad ?? zeros_like(leaf);
    }
}
