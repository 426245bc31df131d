using MiCse.Checkpoints;
using MiCse.Files;

namespace MiCse.Tests.Checkpoints;

public class PyTorchReaderTests
{
    [Theory]
    [InlineData("misc_tensors.bin")]
    [InlineData("misc_tensors_legacy.bin")]
    [InlineData("misc_tensors_deflated.bin")]
    public void Every_kind_of_tensor_is_read_bit_for_bit(string file)
    {
        using var expected = Checkpoint.Open(Fixture.Path("bert-random", "misc", "misc_tensors.safetensors"));
        using var actual = Checkpoint.Open(Fixture.Path("bert-random", "misc", file));
        Assert.Equal(expected.Tensors.Keys.Order(), actual.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors)
        {
            Assert.Equal(tensor.Type, actual.Tensors[name].Type);
            Assert.Equal(tensor.Shape, actual.Tensors[name].Shape);
            Assert.True(tensor.Bytes.SequenceEqual(actual.Tensors[name].Bytes), name);
        }
    }

    [Fact]
    public void A_state_dict_inside_a_training_checkpoint_is_found()
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "misc", "nested.bin"));
        Assert.Equal(["w"], checkpoint.Tensors.Keys);
        Assert.Equal([4L, 6L], checkpoint.Tensors["w"].Shape);
    }

    [Theory]
    [InlineData("malicious.bin", "posix.system")]
    [InlineData("malicious_legacy.bin", "posix.system")]
    [InlineData("malicious_eval.bin", "__builtin__.eval")]
    [InlineData("malicious_plain.pkl", "posix.system")]
    public void What_a_file_wants_to_run_is_named_and_not_run(string file, string expected)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(Fixture.Path("bert-random", "bad", file)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("PWNED"));
    }

    [Fact]
    public void Contiguous_tensors_stay_in_the_file()
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "pytorch_model.bin"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var again = Checkpoint.Open(Fixture.Path("bert-random", "pytorch_model.bin"));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 800_000, $"{allocated} bytes allocated to open {new FileInfo(again.Path).Length}");
    }
}
