using System.Runtime.Intrinsics.X86;
using MiCse.Numerics;
using MiCse.Tests.Data;

namespace MiCse.Tests.Inference;

/// <summary>Which native libraries a process of its own loads, as the dynamic linker of Linux says it.</summary>
public sealed class NativeLibraryTests
{
    /// <summary>Whether .NET has no instruction that is as fast as the library's.</summary>
    private static bool NeedsLibrary => BytePairs.HasAvx512Vnni || !ByteInstructionsOfProcessor.Best.AddFour();

    [Theory]
    [InlineData("fp32", true)]
    [InlineData("int8", true)]
    [InlineData("int8", false)]
    public async Task ONNX_Runtime_is_loaded_where_it_multiplies_int8_faster_alone(string precision, bool withAvx512)
    {
        Assert.SkipUnless(withAvx512 || AvxVnni.IsSupported, "needs a processor with AVX-VNNI");
        var isLoaded = precision == "int8" && withAvx512 && NeedsLibrary;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "asks the dynamic linker of Linux");
        using var folder = new TemporaryFolder();

        var run = await ChildProcess.RunAsync(
            "MiCse.Cli",
            null,
            [("LD_DEBUG", "files"), ("LD_DEBUG_OUTPUT", folder.File("linker")), .. withAvx512 ? [] : new[] { ("DOTNET_EnableAVX512", "0"), ("DOTNET_EnableAVX512F", "0") }],
            "similarity", "A man is playing a guitar.", "Someone plays an instrument.", "--precision", precision);

        Assert.Contains("Someone plays", run.Output, StringComparison.Ordinal);
        var loaded = string.Concat(Directory.EnumerateFiles(folder.Path).Select(File.ReadAllText));
        Assert.Contains("libcoreclr", loaded, StringComparison.Ordinal);
        Assert.Equal(isLoaded, loaded.Contains("libonnxruntime", StringComparison.Ordinal));
    }
}
