using System.Text;
using CsCheck;
using MiCse.Checkpoints;
using MiCse.Tensors;
using MiCse.Tests.Data;

namespace MiCse.Tests.Checkpoints;

public class SafetensorsWriterTests
{
    private static readonly Gen<Tensor> AnyTensor =
        Gen.Select(Gen.String, Gen.Enum<TensorType>(), Gen.Int[0, 4].Array[0, 4], Gen.Byte).Select((name, type, shape, value) =>
        {
            var sizes = shape.Select(size => (long)size).ToArray();
            var bytes = new byte[TensorShape.ByteCount(sizes, type)!.Value];
            Array.Fill(bytes, value);
            return new Tensor(name, type, sizes, stream => stream.Write(bytes));
        });

    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        AnyTensor.Array[0, 6].Sample(
            any =>
            {
                // A lone surrogate is not text that JSON can carry.
                var tensors = any.Where(tensor => IsText(tensor.Name)).DistinctBy(tensor => tensor.Name).ToList();
                Write(folder.File("a.safetensors"), tensors);
                using var checkpoint = Checkpoint.Open(folder.File("a.safetensors"));
                Assert.Equal(tensors.Count, checkpoint.Tensors.Count);
                foreach (var tensor in tensors)
                {
                    var read = checkpoint.Tensors[tensor.Name];
                    using var expected = new MemoryStream();
                    tensor.WriteTo(expected);
                    Assert.Equal(tensor.Type, read.Type);
                    Assert.Equal(tensor.Shape, read.Shape);
                    Assert.True(read.Bytes.SequenceEqual(expected.ToArray()));
                }
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void The_order_of_the_tensors_does_not_matter()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "misc", "misc_tensors.safetensors"));
        var tensors = checkpoint.Tensors.Values.Select(tensor => tensor).ToList();
        Write(folder.File("a"), tensors);
        Write(folder.File("b"), tensors.AsEnumerable().Reverse());
        var bytes = File.ReadAllBytes(folder.File("a"));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("b")));
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var folder = new TemporaryFolder();
        var half = new Tensor("a", TensorType.Float16, [1], stream => stream.Write([1, 2]));
        Write(folder.File("f"), [half, Tensor.From("z", [], new[] { 1f }), Tensor.From("b", [2, 1], new[] { 0f, -2f })]);
        const string header =
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"z":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"a":{"dtype":"F16","shape":[1],"data_offsets":[12,14]}}     """;
        byte[] expected = [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0x80, 0x3f, 1, 2];
        Assert.Equal(expected, File.ReadAllBytes(folder.File("f")));
    }

    [Fact]
    public void A_full_disk_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        var tensors = new[]
        {
            Tensor.From("a", [2], new float[] { 1, 2 }),
            new Tensor("b", TensorType.Float32, [1], _ => throw new IOException("No space left on device", 28)),
        };
        var failure = Assert.Throws<IOException>(() => Write(folder.File("model.safetensors"), tensors));
        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_tensor_that_writes_too_little_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var tensor = new Tensor("a", TensorType.Float32, [3], stream => stream.Write(new byte[8]));
        Assert.Throws<InvalidOperationException>(() => Write(folder.File("a"), [tensor]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Names_must_differ()
    {
        using var folder = new TemporaryFolder();
        var tensor = Tensor.From("a", [1], new float[] { 1 });
        Assert.Throws<ArgumentException>(() => Write(folder.File("a"), [tensor, tensor]));
    }

    private static void Write(string path, IEnumerable<Tensor> tensors) =>
        SafetensorsWriter.Write(path, tensors, cancellationToken: TestContext.Current.CancellationToken);

    private static bool IsText(string name) => name == new string([.. name.EnumerateRunes().SelectMany(rune => rune.ToString())]) && name != "__metadata__";
}
