using System.Buffers.Binary;
using MiCse.Training.Native;

namespace MiCse.Training.Tests.Native;

public class OlderCxxRuntimeTests
{
    private static byte[] Original
    {
        get
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "the library of another system needs no adapting");
            return File.ReadAllBytes(Path.Combine(LibTorch.NativesFolder(), "libLibTorchSharp.so"));
        }
    }

    [Fact]
    public void Three_places_change_and_nothing_else()
    {
        var original = Original;
        var adapted = OlderCxxRuntime.Adapt(original);
        Assert.Equal(original.Length, adapted.Length);
        var changed = Enumerable.Range(0, original.Length).Where(i => original[i] != adapted[i]).ToList();

        // One flag, one name offset of four bytes, one version of two bytes.
        Assert.InRange(changed.Count, 3, 7);
        Assert.Equal(3, changed.Zip(changed.Skip(1)).Count(pair => pair.Second - pair.First > 4) + 1);
    }

    [Fact]
    public void Adapting_twice_changes_nothing_more()
    {
        var adapted = OlderCxxRuntime.Adapt(Original);
        Assert.Equal(adapted, OlderCxxRuntime.Adapt(adapted));
    }

    [Fact]
    public void The_missing_version_becomes_weak_and_the_hook_is_gone()
    {
        var original = Original;
        var before = new ElfLibrary(original);
        var after = new ElfLibrary(OlderCxxRuntime.Adapt(original));
        Assert.False(before.FindNeededVersion("GLIBCXX_3.4.32")!.Value.IsWeak);
        Assert.True(after.FindNeededVersion("GLIBCXX_3.4.32")!.Value.IsWeak);
        Assert.Contains("_ZSt21ios_base_library_initv", Names(before));
        Assert.DoesNotContain("_ZSt21ios_base_library_initv", Names(after));
        Assert.Equal(before.SymbolCount, after.SymbolCount);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Assert.Throws<BadImageFormatException>(() => OlderCxxRuntime.Adapt([]));
        Assert.Throws<BadImageFormatException>(() => OlderCxxRuntime.Adapt(new byte[4096]));
        Assert.Throws<BadImageFormatException>(() => OlderCxxRuntime.Adapt("MZ, a Windows library, and some more of it to be long enough for a header"u8));
        var libc10 = File.ReadAllBytes(Path.Combine(LibTorch.NativesFolder(), "libc10.so"));
        Assert.Equal("does not need GLIBCXX_3.4.32", Assert.Throws<BadImageFormatException>(() => OlderCxxRuntime.Adapt(libc10)).Message);
    }

    [Fact]
    public void Broken_offsets_end_in_the_one_exception()
    {
        var original = Original;
        Assert.Throws<BadImageFormatException>(() => OlderCxxRuntime.Adapt(original.AsSpan(0, original.Length / 2)));
        var sections = (int)BinaryPrimitives.ReadInt64LittleEndian(original.AsSpan(0x28));
        var random = new Random(1);
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var broken = original.ToArray();
            random.NextBytes(broken.AsSpan(sections + random.Next(0, 30 * 64), 8));
            var error = Record.Exception(() => OlderCxxRuntime.Adapt(broken));
            Assert.True(error is null or BadImageFormatException, error?.ToString());
        }
    }

    private static List<string> Names(ElfLibrary library) => [.. Enumerable.Range(0, library.SymbolCount).Select(library.SymbolName)];
}
