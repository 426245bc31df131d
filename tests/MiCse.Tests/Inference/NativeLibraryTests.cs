using MiCse.Numerics;
using MiCse.Tests.Data;

namespace MiCse.Tests.Inference;

/// <summary>Which native libraries a process of its own loads, as the dynamic linker of Linux says it.</summary>
public sealed class NativeLibraryTests
{
    [Theory]
    [InlineData("fp32", true, false)]
    [InlineData("int8", true, false)]
    [InlineData("int8", false, true)]
    public async Task ONNX_Runtime_is_loaded_for_int8_on_processors_without_its_instructions_alone(string precision, bool withInstructions, bool isLoaded)
    {
        Assert.SkipWhen(withInstructions && precision == "int8" && !ByteInstructionsOfProcessor.Best.AddFour(), "needs a processor that adds four products of bytes in one instruction");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "asks the dynamic linker of Linux");
        using var folder = new TemporaryFolder();

        var run = await ChildProcess.RunAsync(
            "MiCse.Cli",
            null,
            [("LD_DEBUG", "files"), ("LD_DEBUG_OUTPUT", folder.File("linker")), .. withInstructions ? [] : new[] { ("DOTNET_EnableAVXVNNI", "0"), ("DOTNET_EnableArm64Dp", "0") }],
            "similarity", "A man is playing a guitar.", "Someone plays an instrument.", "--precision", precision);

        Assert.Contains("Someone plays", run.Output, StringComparison.Ordinal);
        var loaded = string.Concat(Directory.EnumerateFiles(folder.Path).Select(File.ReadAllText));
        Assert.Contains("libcoreclr", loaded, StringComparison.Ordinal);
        Assert.Equal(isLoaded, loaded.Contains("libonnxruntime", StringComparison.Ordinal));
    }
}
