using System.Diagnostics;
using MiCse.Checkpoints;
using MiCse.ModelFolders;
using MiCse.Tests.Data;
using MiCse.Tests.Inference.Graphs;
using MiCse.Weights;

namespace MiCse.Tests.Examples;

/// <summary>The example that is compiled ahead of time: published, run, and compared with the same program on the runtime.</summary>
public sealed class NativeAotTests : IDisposable
{
    // The program, the library and the packages that come with it, and some room.
    private const int MostAssemblies = 12;

    private static readonly string[] Texts =
    [
        "A man is playing a guitar.", "Someone plays an instrument.", "Größe, naïve, 東京, 🙂 — and \"quotes\"", "x",
        .. Enumerable.Range(1, 30).Select(count => string.Join(' ', Enumerable.Repeat("several words that fill a text of any length", count))),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_program_has_no_runtime_and_gives_the_same_bytes_as_on_one()
    {
        var jit = await Publish("jit", "-p:PublishAot=false");
        var libraries = Directory.GetFiles(jit, "*.dll", SearchOption.AllDirectories);
        Assert.InRange(libraries.Length, 2, MostAssemblies);
        Assert.DoesNotContain(Directory.GetFiles(jit, "*", SearchOption.AllDirectories), file => Path.GetExtension(file) is ".so" or ".dylib");
        await AForeignGraphNamesThePackage(Path.Combine(jit, "NativeAot.dll"));

        var aot = await Publish("aot");
        Assert.Empty(Directory.GetFiles(aot, "*.dll"));
        var (code, expected, _) = await Run("dotnet", [Path.Combine(jit, "NativeAot.dll")], string.Join('\n', Texts));
        Assert.Equal((0, Texts.Length * 384 * sizeof(float)), (code, expected.Length));
        var program = Path.Combine(aot, OperatingSystem.IsWindows() ? "NativeAot.exe" : "NativeAot");
        Assert.Equal(expected, (await Run(program, [], string.Join('\n', Texts))).Output);
        Assert.StartsWith("0.6", System.Text.Encoding.UTF8.GetString((await Run(program, Texts[..2], "")).Output), StringComparison.Ordinal);
    }

    private static async Task AForeignGraphNamesThePackage(string program)
    {
        using var model = new SmallModel();
        using (var checkpoint = Checkpoint.Open(Path.Combine(model.Path, "model.safetensors")))
        {
            await File.WriteAllBytesAsync(
                Path.Combine(model.Path, "model.onnx"), TorchGraph.Write(EncoderWeights.From(checkpoint, ModelFolder.Open(model.Path).Config), new TorchStyle()), TestContext.Current.CancellationToken);
        }

        File.Delete(Path.Combine(model.Path, "model.safetensors"));
        var (code, _, error) = await Run("dotnet", [program, "a", "b"], "", ("MODEL", model.Path));
        Assert.Equal(1, code);
        Assert.Contains("model.onnx: is a graph of another program, which ONNX Runtime has to run or to check: add the package MiCse.OnnxRuntime", error, StringComparison.Ordinal);
    }

    private async Task<string> Publish(string name, params string[] options)
    {
        var output = _folder.File(name);
        // Built in a folder of its own, beside whatever else is building.
        string[] arguments =
        [
            "publish", Path.Combine(Fixture.Repository, "examples", "NativeAot"), "--configuration", "Release", "--output", output, "--nologo", "-nodeReuse:false",
            "-p:UseSharedCompilation=false", $"-p:ArtifactsPath={_folder.File("artifacts")}/", .. options,
        ];
        var (code, text, error) = await Run("dotnet", arguments, "");
        var log = System.Text.Encoding.UTF8.GetString(text) + error;
        Assert.SkipWhen(code != 0 && (log.Contains("ILCompiler", StringComparison.Ordinal) || log.Contains("linker", StringComparison.Ordinal)), "no compiler for Native AOT here, or no linker");
        Assert.True(code == 0, log);
        Assert.DoesNotContain("warning IL", log, StringComparison.Ordinal);
        return output;
    }

    private static async Task<(int Code, byte[] Output, string Error)> Run(string program, string[] arguments, string input, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var error = process.StandardError.ReadToEndAsync(cancellation);
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output.ToArray(), await error);
    }
}
