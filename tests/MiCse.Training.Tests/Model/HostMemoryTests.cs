using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

public class HostMemoryTests
{
    [Fact]
    public void Elements_are_read_in_row_major_order_whatever_the_strides()
    {
        using var scope = NewDisposeScope();
        var turned = arange(6, ScalarType.Float32).reshape(2, 3).t(); // [3, 2]
        using var stream = new MemoryStream();

        HostMemory.WriteTo(turned, stream);

        Assert.Equal([0f, 3, 1, 4, 2, 5], HostMemory.ToArray(turned));
        Assert.Equal(turned.contiguous().bytes.ToArray(), stream.ToArray());
    }

    [Fact]
    public void Filling_replaces_all_elements_of_a_weight()
    {
        using var weight = new TorchSharp.Modules.Parameter(zeros(2, 2));

        HostMemory.Fill(weight, elements => new float[] { 1, 2, 3, 4 }.CopyTo(elements));

        Assert.Equal([1f, 2, 3, 4], HostMemory.ToArray(weight));
        Assert.True(weight.requires_grad);
    }

    [Fact]
    public void Other_element_types_are_refused()
    {
        using var wide = zeros(3, ScalarType.Float64);

        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => HostMemory.ToArray(wide)).Message, StringComparison.Ordinal);
    }
}
