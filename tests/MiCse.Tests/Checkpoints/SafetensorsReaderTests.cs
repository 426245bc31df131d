using System.Buffers;
using System.Text;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Checkpoints;

public class SafetensorsReaderTests
{
    [Theory]
    [InlineData("truncated", "truncated")]
    [InlineData("truncated_header", "declares a header of")]
    [InlineData("too_short", "has 3 bytes, too few")]
    [InlineData("empty", "has 0 bytes, too few")]
    [InlineData("header_len_too_large", "declares a header of")]
    [InlineData("header_len_2pow63", "declares a header of 9223372036854775808 bytes")]
    [InlineData("header_len_max", "declares a header of 18446744073709551615 bytes")]
    [InlineData("overlapping_offsets", "'b' begins at byte 40 of the data and overlaps 'a'")]
    [InlineData("hole_in_offsets", "bytes 48 to 56 of the data, before tensor 'b', are a hole")]
    [InlineData("offsets_out_of_range", "'b' ends at byte 4824 of the data, but the file has only 72")]
    [InlineData("offsets_reversed", "'b' begins at byte 72 of the data, after its end at 48")]
    [InlineData("offsets_negative", "'data_offsets' of tensor 'b' are not two whole numbers from 0")]
    [InlineData("wrong_dtype_size", "'b' of type F64 and shape [6] takes 48 bytes, but its offsets span 24")]
    [InlineData("wrong_shape_size", "'b' of type F32 and shape [7] takes 28 bytes, but its offsets span 24")]
    [InlineData("shape_overflow", "overflows 64 bits")]
    [InlineData("unknown_dtype", "the dtype of tensor 'b' is F31")]
    [InlineData("header_not_json", "the safetensors header is not JSON")]
    [InlineData("header_not_utf8", "the safetensors header is not UTF-8")]
    [InlineData("header_array", "the safetensors header is not a JSON object")]
    [InlineData("duplicate_key", "a duplicate key 'a'")]
    [InlineData("trailing_bytes", "16 trailing bytes")]
    public void Broken_file_is_refused_with_what_is_wrong(string name, string expected)
    {
        var path = Fixture.Path("bert-random", "bad", name + ".safetensors");
        var refusal = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(path));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_broken_file_is_left_out()
    {
        var files = Directory.GetFiles(Fixture.Path("bert-random", "bad"), "*.safetensors");
        Assert.Equal(22, files.Length);
    }

    [Fact]
    public void Values_and_shapes_are_those_of_the_file()
    {
        using var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "bad", "ok_small.safetensors"));
        Assert.Equal(["a", "b"], checkpoint.Tensors.Keys.Order());
        Assert.Equal([3L, 4L], checkpoint.Tensors["a"].Shape);
        Assert.Equal(Enumerable.Range(0, 12).Select(value => (float)value), checkpoint.Tensors["a"].ToSingles());
        Assert.Equal(Enumerable.Range(0, 6).Select(value => (float)value), checkpoint.Tensors["b"].ToSingles());
    }

    [Fact]
    public void A_file_beyond_two_gigabytes_is_mapped_whole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("large.safetensors");
        const string header = """{"a":{"dtype":"F32","shape":[500000000],"data_offsets":[0,2000000000]},"b":{"dtype":"F32","shape":[2,50000000],"data_offsets":[2000000000,2400000000]}} """;
        using (var file = File.Create(path))
        {
            file.Write(BitConverter.GetBytes((long)header.Length));
            file.Write(Encoding.UTF8.GetBytes(header));

            // A hole: the file takes no room on the disk.
            file.Seek(2_400_000_000 - sizeof(float), SeekOrigin.Current);
            file.Write(BitConverter.GetBytes(7f));
        }

        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal(7f, BitConverter.ToSingle(checkpoint.Tensors["b"].Bytes[^4..]));
        Assert.Equal(0f, BitConverter.ToSingle(checkpoint.Tensors["a"].Bytes[^4..]));
    }

    [Fact]
    public void A_missing_file_is_one_sentence() =>
        Assert.Contains("no such file", Assert.Throws<ModelFormatException>(() => Checkpoint.Open("nowhere.safetensors")).Message, StringComparison.Ordinal);

    [Fact]
    public unsafe void A_pinned_tensor_outlives_its_checkpoint()
    {
        MemoryHandle pin;
        using (var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "bad", "ok_small.safetensors")))
        {
            pin = checkpoint.Tensors["a"].Memory.Pin();
        }

        Assert.Equal(11f, ((float*)pin.Pointer)[11]);
        pin.Dispose();
    }

    [Fact]
    public void A_tensor_of_a_closed_checkpoint_says_so()
    {
        var checkpoint = Checkpoint.Open(Fixture.Path("bert-random", "bad", "ok_small.safetensors"));
        var tensor = checkpoint.Tensors["a"];
        checkpoint.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor.ToSingles());
    }
}
