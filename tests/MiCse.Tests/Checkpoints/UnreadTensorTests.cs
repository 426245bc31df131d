using System.IO.Compression;
using System.Text;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Tests.Data;
using MiCse.Weights;

namespace MiCse.Tests.Checkpoints;

/// <summary>Tensors of element types that nothing computes with are left out, and the others are read.</summary>
public sealed class UnreadTensorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("U16", 8)]
    [InlineData("U32", 16)]
    [InlineData("U64", 32)]
    [InlineData("C64", 32)]
    [InlineData("F8_E4M3", 4)]
    [InlineData("F8_E5M2", 4)]
    [InlineData("F8_E8M0", 4)]
    [InlineData("F6_E2M3", 3)]
    [InlineData("F4", 2)]
    [InlineData("I128", 5)]
    public void A_safetensors_tensor_of_another_type_is_left_out(string type, int bytes)
    {
        using var checkpoint = Checkpoint.Open(Safetensors(type, bytes));
        Assert.Equal([1f, 2f], checkpoint.Tensors["a"].ToSingles());
        Assert.Equal(["a"], checkpoint.Tensors.Keys);
        Assert.Equal(type, checkpoint.Unread["b"]);
    }

    [Theory]
    [InlineData("U16", 9, "takes 8 bytes")]
    [InlineData("F4", 4, "takes 2 bytes")]
    [InlineData("F31", 4, "the dtype of tensor 'b' is F31")]
    [InlineData("f32", 16, "the dtype of tensor 'b' is f32")]
    public void What_such_a_tensor_claims_is_checked(string type, int bytes, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Checkpoint.Open(Safetensors(type, bytes))).Message, StringComparison.Ordinal);

    /// <summary>The protocol-2 pickle of torch.save({"b": a tensor of 2 elements in this storage}).</summary>
    [Theory]
    [InlineData("ctorch\nComplexFloatStorage\n", 16)]
    [InlineData("ctorch\nComplexDoubleStorage\n", 32)]
    [InlineData("ctorch\nQInt8Storage\n", 2)]
    public void A_torch_tensor_in_another_storage_is_left_out(string storage, int bytes) =>
        AssertLeftOut("ctorch._utils\n_rebuild_tensor_v2\n(" + Storage(storage, 2) + "K\u0000K\u0002\u0085K\u0001\u0085\u0089ccollections\nOrderedDict\n)RtR", bytes);

    [Theory]
    [InlineData("uint16", 4)]
    [InlineData("uint32", 8)]
    [InlineData("float8_e4m3fn", 2)]
    public void A_torch_tensor_of_a_type_without_storage_class_is_left_out(string type, int bytes) =>
        AssertLeftOut(
            "ctorch._utils\n_rebuild_tensor_v3\n(" + Storage("ctorch.storage\nUntypedStorage\n", bytes)
            + $"K\u0000K\u0002\u0085K\u0001\u0085\u0089ccollections\nOrderedDict\n)Rctorch\n{type}\ntR",
            bytes);

    [Fact]
    public void A_weight_of_another_type_that_the_encoder_needs_is_named()
    {
        using var model = new SmallModel();
        LeaveOneOut(Path.Combine(model.Path, "model.safetensors"));
        var folder = ModelFolder.Open(model.Path);
        using var checkpoint = folder.OpenCheckpoint();
        var refusal = Assert.Throws<ModelFormatException>(() => EncoderWeights.From(checkpoint, folder.Config));
        Assert.Contains($"1 tensor ({checkpoint.Unread.Keys.Single()}: X32) is of a type that is not read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_a_shard_is_left_out_too()
    {
        foreach (var file in Directory.GetFiles(Fixture.Path("roberta-random", "sharded")))
        {
            File.Copy(file, _folder.File(Path.GetFileName(file)));
        }

        LeaveOneOut(_folder.File("model-00001-of-00002.safetensors"));
        using var checkpoint = Checkpoint.Open(_folder.File("model.safetensors.index.json"));
        Assert.DoesNotContain(Assert.Single(checkpoint.Unread).Key, checkpoint.Tensors.Keys);
    }

    private static void LeaveOneOut(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("\"F32\""u8) + 1] = (byte)'X';
        File.WriteAllBytes(path, bytes);
    }

    private static string Storage(string type, int elements) => "(X\u0007\0\0\0storage" + type + "X\u0001\0\0\00X\u0003\0\0\0cpuK" + (char)elements + "tQ";

    private void AssertLeftOut(string tensor, int bytes)
    {
        var path = _folder.File("x.bin");
        using (var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            // Beside it a plain one, so that there is something to read.
            var plain = "ctorch._utils\n_rebuild_tensor_v2\n("
                + "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\01X\u0003\0\0\0cpuK\u0001tQK\u0000K\u0001\u0085K\u0001\u0085\u0089ccollections\nOrderedDict\n)RtR";
            Write(zip, "data.pkl", Encoding.Latin1.GetBytes("\u0080\u0002}(X\u0001\0\0\0a" + plain + "X\u0001\0\0\0b" + tensor + "u."));
            Write(zip, "data/0", new byte[bytes]);
            Write(zip, "data/1", BitConverter.GetBytes(2f));
        }

        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal([2f], checkpoint.Tensors["a"].ToSingles());
        Assert.Equal(["a"], checkpoint.Tensors.Keys);
        Assert.Equal(["b"], checkpoint.Unread.Keys);
    }

    private static void Write(ZipArchive zip, string name, byte[] content)
    {
        using var stream = zip.CreateEntry("x/" + name, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    private string Safetensors(string type, int bytes)
    {
        var header = Encoding.UTF8.GetBytes(
            $$$"""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"{{{type}}}","shape":[2,2],"data_offsets":[8,{{{8 + bytes}}}]}}""");
        var path = _folder.File("x.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. new byte[bytes]]);
        return path;
    }
}
