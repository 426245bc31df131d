using System.Diagnostics;
using System.Text.Json;
using MiCse.Tests;
using MiCse.Training.Native;

namespace MiCse.Training.Tests.Native;

/// <summary>A libtorch of another folder than the program's, in processes of their own: a process has one libtorch.</summary>
public sealed class ChosenLibTorchTests(ChosenLibTorchTests.OtherLibTorch other) : IClassFixture<ChosenLibTorchTests.OtherLibTorch>
{
    [Fact]
    public async Task Training_computes_the_same_bytes_with_it()
    {
        var own = await ChildProcess.RunAsync("MiCse.Cli", other.Root, [("OMP_NUM_THREADS", "1")], Train("own"));
        var chosen = await Without(Train("chosen"), ("MICSE_LIBTORCH", other.Libraries));

        Assert.Equal((0, ""), (own.ExitCode, own.Error));
        Assert.Equal((0, ""), chosen);
        Assert.Equal(Weights("own"), Weights("chosen"));
    }

    [Fact]
    public async Task It_is_loaded_and_no_other_is()
    {
        var output = Path.Combine(other.Root, "info.json");
        var run = await Without(["info", "--model", "model", "--libtorch", "torch", "--device", "auto", "--json"], outputFile: output);

        Assert.Equal((0, ""), run);
        var json = JsonDocument.Parse(File.ReadAllText(output)).RootElement;
        Assert.Equal(Path.TrimEndingDirectorySeparator(LibTorch.NativesFolder()), json.GetProperty("libtorchFolder").GetString()); // the links of the folder lead there
        Assert.Equal("2.10.0+test", json.GetProperty("libtorch").GetString());
    }

    [Fact]
    public async Task A_folder_without_libtorch_is_one_sentence_and_leaves_nothing()
    {
        var run = await Without(Train("refused"), ("MICSE_LIBTORCH", other.Model));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"micse: MICSE_LIBTORCH: {other.Model} holds no libtorch.so; ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(other.Root, "refused")));
    }

    [Fact]
    public async Task A_program_with_its_own_does_not_load_a_second()
    {
        var run = await ChildProcess.RunAsync("MiCse.Cli", other.Root, [("MICSE_LIBTORCH", other.Libraries)], Train("second"));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("micse: MICSE_LIBTORCH: this program has a libtorch of its own in ", run.Error, StringComparison.Ordinal);
        Assert.Contains("-p:MiCseTorch=none", run.Error, StringComparison.Ordinal);
    }

    private static string[] Train(string output) =>
        ["train", "--model", "model", "--data", "texts.txt", "--steps", "2", "--batch-size", "8", "--attention-layers", "0..2", "--threads", "1", "--quiet", "--json", "--output", output];

    private byte[] Weights(string output) => File.ReadAllBytes(Path.Combine(other.Root, output, "model.safetensors"));

    /// <summary>Runs the program that has no libtorch beside it.</summary>
    private Task<(int ExitCode, string Error)> Without(string[] arguments, params (string Name, string Value)[] variables) => Without(arguments, null, variables);

    private async Task<(int ExitCode, string Error)> Without(string[] arguments, string? outputFile, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(other.Program, "MiCse.Cli.dll"), .. arguments])
        {
            WorkingDirectory = other.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (outputFile is not null)
        {
            await File.WriteAllTextAsync(outputFile, output, TestContext.Current.CancellationToken);
        }

        return (process.ExitCode, await error);
    }

    /// <summary>libtorch as Python's torch has it, and the program without libtorch, mostly by links to the files of the one that has it; with a model and texts beside them.</summary>
    public sealed class OtherLibTorch : IDisposable
    {
        public OtherLibTorch()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "A libtorch is chosen on Linux alone.");
            TinyModel.Write(Model);
            File.WriteAllLines(Path.Combine(Root, "texts.txt"), Enumerable.Range(0, 24).Select(row => $"the man {(row % 2 == 0 ? "plays" : "sings")} {(char)('b' + row % 20)} music"));
            Directory.CreateDirectory(Libraries);
            File.WriteAllText(Path.Combine(Root, "torch", "version.py"), "__version__ = '2.10.0+test'\n");
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            var program = Path.Combine(own.Parent!.Parent!.FullName, "MiCse.Cli", own.Name);
            string[] torch = ["libtorch.so", "libtorch_cpu.so", "libc10.so", "libgomp-98b21ff3.so.1"];
            foreach (var library in torch)
            {
                File.CreateSymbolicLink(Path.Combine(Libraries, library), Path.Combine(LibTorch.NativesFolder(), library));
            }

            foreach (var file in Directory.EnumerateFiles(program, "*", SearchOption.AllDirectories).Where(file => !torch.Contains(Path.GetFileName(file))))
            {
                var copy = Path.Combine(Program, Path.GetRelativePath(program, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                if (Path.GetDirectoryName(copy) == Program)
                {
                    File.Copy(file, copy); // dotnet follows a link to the program, and would find the other one's libraries
                }
                else
                {
                    File.CreateSymbolicLink(copy, file);
                }
            }
        }

        public string Root { get; } = Directory.CreateTempSubdirectory("micse-").FullName;

        public string Libraries => Path.Combine(Root, "torch", "lib");

        public string Model => Path.Combine(Root, "model");

        public string Program => Path.Combine(Root, "program");

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
