using System.Runtime.InteropServices;
using CsCheck;
using MiCse.Checkpoints;
using MiCse.Tensors;

namespace MiCse.Tests.Tensors;

public class TensorTests
{
    [Fact]
    public void Halves_are_widened_exactly()
    {
        var bits = Enumerable.Range(0, 1 << 16).Select(value => (ushort)value).ToArray();
        var halves = Tensor(TensorType.Float16, bits).ToSingles();
        var brains = Tensor(TensorType.BFloat16, bits).ToSingles();
        for (var value = 0; value < bits.Length; value++)
        {
            Assert.Equal((float)BitConverter.UInt16BitsToHalf(bits[value]), halves[value]);
            Assert.Equal(value << 16, BitConverter.SingleToInt32Bits(brains[value]));
        }
    }

    [Fact]
    public void Doubles_are_rounded_to_the_nearest() =>
        Gen.Double.Array.Sample(values => Assert.Equal(values.Select(value => (float)value), Tensor(TensorType.Float64, values).ToSingles()));

    [Fact]
    public void Integers_are_not_weights() => Assert.Throws<InvalidOperationException>(() => Tensor(TensorType.Int64, new long[] { 1 }).ToSingles());

    [Fact]
    public void The_destination_must_fit() =>
        Assert.Throws<ArgumentException>(() => Tensor(TensorType.Float32, new float[] { 1, 2 }).CopyTo(new float[3]));

    [Theory]
    [InlineData("model_fp16.safetensors", 11)]
    [InlineData("model_bf16.safetensors", 8)]
    public void Rounded_checkpoints_are_near_the_original(string file, int bits)
    {
        using var exact = Checkpoint.Open(Fixture.Path("bert-random", "model.safetensors"));
        using var rounded = Checkpoint.Open(Fixture.Path("bert-random", file));
        foreach (var (name, tensor) in exact.Tensors)
        {
            foreach (var (expected, actual) in tensor.ToSingles().Zip(rounded.Tensors[name].ToSingles()))
            {
                Assert.Equal(expected, actual, (Math.Abs(expected) * Math.Pow(2, -bits)) + 1e-7);
            }
        }
    }

    private static Tensor Tensor<T>(TensorType type, T[] elements)
        where T : struct => new("t", type, [elements.Length], MemoryMarshal.AsBytes<T>(elements).ToArray());
}
