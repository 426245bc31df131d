using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Native;

public sealed class NativeCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Stored_once_and_found_again()
    {
        var path = NativeCache.Store(_folder, "library.so", [1, 2, 3]);
        var written = File.GetLastWriteTimeUtc(path);
        Assert.Equal("library.so", Path.GetFileName(path));
        Assert.Equal(path, NativeCache.Store(_folder, "library.so", [1, 2, 3]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        Assert.NotEqual(path, NativeCache.Store(_folder, "library.so", [1, 2, 4]));
    }

    [Fact]
    public void A_damaged_file_is_replaced()
    {
        var path = NativeCache.Store(_folder, "library.so", [1, 2, 3]);
        File.WriteAllBytes(path, [1, 2]);
        NativeCache.Store(_folder, "library.so", [1, 2, 3]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void Many_at_once_leave_one_whole_file()
    {
        var library = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        Parallel.For(0, 16, _ => Assert.Equal(library, File.ReadAllBytes(NativeCache.Store(_folder, "library.so", library))));
        Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_cache_that_cannot_be_a_folder_says_so()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.ThrowsAny<IOException>(() => NativeCache.Store(file, "library.so", [1]));
    }

    [Fact]
    public void Where_the_cache_cannot_be_written_a_temporary_folder_serves_and_is_removed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there is anything cached");
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var library = File.ReadAllBytes(Path.Combine(LibTorch.NativesFolder(), "libtorch.so")); // depends on what is loaded, and holds nothing
        var before = Directory.GetDirectories(Path.GetTempPath(), "micse-native-*").Order();
        LibTorch.LoadFromCache("libtorch.so", library, file);
        Assert.Equal(before, Directory.GetDirectories(Path.GetTempPath(), "micse-native-*").Order());
        Assert.Throws<DllNotFoundException>(() => LibTorch.LoadFromCache("libtorch.so", [1, 2, 3], _folder));
    }

    [Fact]
    public void Libtorch_works()
    {
        // Whatever this system's C++ runtime: a product, and no second copy of the natives beside the program.
        LibTorch.Load();
        using var two = tensor(2f);
        Assert.Equal(4f, (two * two).item<float>());
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")));
    }
}
