using MiCse.Tests.Data;

namespace MiCse.Tests.Inference;

/// <summary>Which native libraries a process of its own loads, as the dynamic linker of Linux says it.</summary>
public sealed class NativeLibraryTests
{
    [Theory]
    [InlineData("fp32", false)]
    [InlineData("int8", true)]
    public async Task ONNX_Runtime_is_loaded_for_int8_alone(string precision, bool isLoaded)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "asks the dynamic linker of Linux");
        using var folder = new TemporaryFolder();

        var run = await ChildProcess.RunAsync(
            "MiCse.Cli", null, [("LD_DEBUG", "files"), ("LD_DEBUG_OUTPUT", folder.File("linker"))],
            "similarity", "A man is playing a guitar.", "Someone plays an instrument.", "--precision", precision);

        Assert.Contains("Someone plays", run.Output, StringComparison.Ordinal);
        var loaded = string.Concat(Directory.EnumerateFiles(folder.Path).Select(File.ReadAllText));
        Assert.Contains("libcoreclr", loaded, StringComparison.Ordinal);
        Assert.Equal(isLoaded, loaded.Contains("libonnxruntime", StringComparison.Ordinal));
    }
}
