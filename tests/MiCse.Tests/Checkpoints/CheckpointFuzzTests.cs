using CsCheck;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tensors;
using MiCse.Tests.Data;

namespace MiCse.Tests.Checkpoints;

/// <summary>Damaged files: whatever is flipped or cut, the answer is tensors or one refusal, quickly and in little memory.</summary>
public class CheckpointFuzzTests
{
    private const long MostAllocated = 128 << 20;

    [Theory]
    [InlineData("bad/ok_small.safetensors")]
    [InlineData("misc/misc_tensors.safetensors")]
    [InlineData("misc/misc_tensors.bin")]
    [InlineData("misc/misc_tensors_legacy.bin")]
    [InlineData("misc/misc_tensors_deflated.bin")]
    [InlineData("bad/malicious_legacy.bin")]
    public void A_damaged_file_is_read_or_refused(string file)
    {
        var original = File.ReadAllBytes(Fixture.Path(["bert-random", .. file.Split('/')]));
        using var folder = new TemporaryFolder();
        var path = folder.File("damaged" + Path.GetExtension(file));
        var flips = Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 8];
        Gen.Select(flips, Gen.Int[0, original.Length], Gen.Bool).Sample(
            (changes, length, cut) =>
            {
                var bytes = cut ? original[..length] : [.. original];
                foreach (var (at, value) in changes.Where(change => change.Item1 < bytes.Length))
                {
                    bytes[at] = value;
                }

                File.WriteAllBytes(path, bytes);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Open(path);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
            },
            iter: 400,
            threads: 1);
        Assert.False(File.Exists("PWNED"));
    }

    [Theory]
    [InlineData("bad/ok_small.safetensors")]
    [InlineData("misc/nested.bin")]
    [InlineData("misc/misc_tensors_legacy.bin")]
    public void A_file_cut_anywhere_is_refused(string file)
    {
        var original = File.ReadAllBytes(Fixture.Path(["bert-random", .. file.Split('/')]));
        using var folder = new TemporaryFolder();
        var path = folder.File("cut" + Path.GetExtension(file));
        for (var length = 0; length < original.Length; length += 1 + (original.Length / 500))
        {
            File.WriteAllBytes(path, original[..length]);
            Assert.Throws<ModelFormatException>(() => Checkpoint.Open(path));
        }
    }

    /// <summary>Anything but success and <see cref="ModelFormatException"/> fails the test; every byte that a tensor claims is touched.</summary>
    private static void Open(string path)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            foreach (var tensor in checkpoint.Tensors.Values)
            {
                _ = tensor.Bytes.IndexOf((byte)1);
                Assert.Equal(tensor.Bytes.Length, tensor.Shape.Aggregate((long)tensor.Type.ElementSize(), (product, size) => product * size));
            }
        }
        catch (ModelFormatException refusal)
        {
            Assert.StartsWith(path + ": ", refusal.Message, StringComparison.Ordinal);
        }
    }
}
