using System.IO.Compression;
using System.Text;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Tests.Data;

namespace MiCse.Tests.Checkpoints;

/// <summary>Pickles written by hand: what they ask for is named, what they claim is checked.</summary>
public sealed class HostilePickleTests : IDisposable
{
    private const string Start = "\u0080\u0002";
    private const string Storage = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0006tQ";
    private const string Rebuild = "ctorch._utils\n_rebuild_tensor_v2\n";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("cbuiltins\neval\n.", "builtins.eval")]
    [InlineData("ctorch.storage\n_load_from_bytes\n.", "torch.storage._load_from_bytes")]
    [InlineData("ctorch\nComplexFloatStorag\n.", "torch.ComplexFloatStorag")]
    [InlineData("ctorch\nfloat\n.", "torch.float")]
    [InlineData("X\u0005\0\0\0posixX\u0006\0\0\0system\u0093.", "posix.system")]
    [InlineData("(iposix\nsystem\n.", "the opcode Inst")]
    [InlineData("}}\u0081.", "the opcode NewObj")]
    [InlineData("2.", "the opcode Dup")]
    [InlineData("\u0082\u0001.", "the opcode Ext1")]
    [InlineData("\u00fe.", "the byte 0xfe")]
    [InlineData(".", "takes more values than there are")]
    [InlineData("t.", "closes a group that it never opened")]
    [InlineData("(0.", "takes more values than there are")]
    [InlineData("h\u0007.", "recalls the value 7")]
    [InlineData("q\u0007.", "stores a value and has none")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffabc.", "ends where 4294967295 more bytes")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.", "more bytes should follow")]
    [InlineData("X\u0002\0\0\0\u00c3\u0028.", "not UTF-8")]
    [InlineData("}(Nu.", "a key without a value")]
    [InlineData("NNR.", "calls something that is not a function")]
    [InlineData("ccollections\nOrderedDict\nN\u0085R.", "calls collections.OrderedDict with arguments")]
    [InlineData("NQ.", "not a storage")]
    [InlineData("N}b.", "needs a dictionary to set attributes of")]
    [InlineData("N.", "holds no dictionary of tensors")]
    [InlineData("}.", "holds no tensors")]
    [InlineData("\u0080\u0009.", "protocol 9")]
    public void A_pickle_that_asks_for_more_than_tensors_is_refused(string pickle, string expected) => AssertRefused(Start + pickle, expected);

    [Theory]
    [InlineData("K\u0000K\u0002K\u0003\u0086K\u0003K\u0001\u0086", null)]
    [InlineData("K\u0001K\u0002K\u0003\u0086K\u0003K\u0001\u0086", "reaches outside its storage of 6 elements")]
    [InlineData("K\u0000K\u0002K\u0003\u0086K\u0004K\u0001\u0086", "reaches outside its storage of 6 elements")]
    [InlineData("J\u00ff\u00ff\u00ff\u00ffK\u0002\u0085K\u0001\u0085", "with arguments that do not fit")]
    [InlineData("K\u0000J\u00ff\u00ff\u00ff\u00ff\u0085K\u0001\u0085", "with arguments that do not fit")]
    [InlineData("K\u0000K\u0002K\u0003\u0086K\u0003\u0085", "with arguments that do not fit")]
    [InlineData("K\u0000J\u00ff\u00ff\u00ff\u007f\u0085K\u0000\u0085", "at most 2 GB")]
    [InlineData("K\u0000J\u0000\u0000\u0000\u0010\u0085K\u0000\u0085", "repeat far more elements")]
    [InlineData("K\u0000\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u0085K\u0001\u0085", "at most 2 GB")]
    [InlineData("K\u0000K\u0002\u0085\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u0085", "reaches outside its storage")]
    public void A_view_stays_inside_its_storage(string view, string? expected)
    {
        var pickle = Start + "}X\u0001\0\0\0w" + Rebuild + "(" + Storage + view + "\u0089}tRs.";
        if (expected is not null)
        {
            AssertRefused(pickle, expected);
            return;
        }

        using var checkpoint = Checkpoint.Open(Zip(pickle, CompressionLevel.NoCompression, ("data/0", new byte[24])));
        Assert.Equal([2L, 3L], checkpoint.Tensors["w"].Shape);
    }

    [Fact]
    public void A_storage_must_have_the_declared_size() =>
        AssertRefused(Start + "}X\u0001\0\0\0w" + Storage + "s.", "'x/data/0' has 23 bytes, but the pickle says 6 elements", new byte[23]);

    [Fact]
    public void A_storage_must_be_there() =>
        Assert.Contains(
            "has no entry 'x/data/0'",
            Assert.Throws<ModelFormatException>(() => Checkpoint.Open(Zip(Start + Storage + ".", CompressionLevel.NoCompression))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Big_endian_files_are_refused() =>
        Assert.Contains(
            "big-endian",
            Assert.Throws<ModelFormatException>(() => Checkpoint.Open(Zip(Start + "}.", CompressionLevel.NoCompression, ("byteorder", "big"u8.ToArray())))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Values_that_pile_up_are_refused() => AssertRefused(Start + new string('N', 2_000_000) + ".", "values at once");

    [Fact]
    public void Nesting_a_million_levels_deep_costs_no_stack() => AssertRefused(Start + "N" + new string('\u0085', 1_000_000) + ".", "holds no dictionary");

    [Fact]
    public void A_pickle_far_longer_than_its_file_is_refused() =>
        AssertRefused(Start + new string('\u0085', 40_000_000) + ".", "the longest supported in a file of", compression: CompressionLevel.Optimal);

    /// <summary>An empty dictionary in a list takes two bytes of pickle and a hundred of memory.</summary>
    [Fact]
    public void Values_are_counted_against_the_length_of_the_file() =>
        AssertRefused(Start + "]" + string.Concat(Enumerable.Repeat("}a", 500_000)) + ".", "makes far more values than a file of");

    [Fact]
    public void A_name_without_end_is_refused_and_not_quoted()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(Start + "c" + new string('x', 10_000_000) + "\ny\n.", "has a name of 10000000 bytes");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void A_long_name_is_cut_in_the_message()
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(Zip(Start + "c" + new string('x', 900) + "\ny\n.", CompressionLevel.NoCompression)));
        Assert.InRange(refusal.Message.Length, 100, 350);
    }

    [Fact]
    public void A_decompression_bomb_is_refused() => AssertRefused(Start + "}.", "absurdly many", new byte[300 << 20], CompressionLevel.Optimal);

    public void Dispose() => _folder.Dispose();

    private void AssertRefused(string pickle, string expected, byte[]? storage = null, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        var path = Zip(pickle, compression, ("data/0", storage ?? new byte[24]));
        var refusal = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(path));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    // Stored entries, as torch.save writes them, unless a bomb is meant.
    private string Zip(string pickle, CompressionLevel compression, params (string Name, byte[] Content)[] entries)
    {
        var path = _folder.File("x.bin");
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in entries.Prepend(("data.pkl", Encoding.Latin1.GetBytes(pickle))))
        {
            using var stream = zip.CreateEntry("x/" + name, compression).Open();
            stream.Write(content);
        }

        return path;
    }
}
