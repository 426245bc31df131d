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
        var own = await Train("own");
        var chosen = await Train("chosen", ("MICSE_LIBTORCH", other.Libraries));

        Assert.Equal((0, ""), (own.ExitCode, own.Error));
        Assert.Equal((0, ""), (chosen.ExitCode, chosen.Error));
        Assert.Equal(Weights("own"), Weights("chosen"));
    }

    [Fact]
    public async Task It_is_loaded_and_no_other_is()
    {
        var run = await ChildProcess.RunAsync("MiCse.Cli", other.Root, [], "info", "--model", "model", "--libtorch", "torch", "--device", "auto", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(other.Libraries, json.GetProperty("libtorchFolder").GetString());
        Assert.Equal("2.10.0+test", json.GetProperty("libtorch").GetString());
    }

    [Fact]
    public async Task A_folder_without_libtorch_is_one_sentence_and_leaves_nothing()
    {
        var run = await Train("refused", ("MICSE_LIBTORCH", other.Model));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"micse: MICSE_LIBTORCH: {other.Model} holds no libtorch.so; ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(other.Root, "refused")));
    }

    private Task<ChildProcess> Train(string output, params (string Name, string Value)[] variables) => ChildProcess.RunAsync(
        "MiCse.Cli", other.Root, [("OMP_NUM_THREADS", "1"), .. variables],
        "train", "--model", "model", "--data", "texts.txt", "--steps", "2", "--batch-size", "8", "--attention-layers", "0..2", "--threads", "1", "--quiet", "--json", "--output", output);

    private byte[] Weights(string output) => File.ReadAllBytes(Path.Combine(other.Root, output, "model.safetensors"));

    /// <summary>A copy of the libraries, as Python's torch has them, with a model and texts beside it. Links would not do: the loader takes two names of one file for one library.</summary>
    public sealed class OtherLibTorch : IDisposable
    {
        public OtherLibTorch()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "A libtorch is chosen on Linux alone.");
            TinyModel.Write(Model);
            File.WriteAllLines(Path.Combine(Root, "texts.txt"), Enumerable.Range(0, 24).Select(row => $"the man {(row % 2 == 0 ? "plays" : "sings")} {(char)('b' + row % 20)} music"));
            Directory.CreateDirectory(Libraries);
            File.WriteAllText(Path.Combine(Root, "torch", "version.py"), "__version__ = '2.10.0+test'\n");
            foreach (var library in new[] { "libtorch.so", "libtorch_cpu.so", "libc10.so", "libgomp-98b21ff3.so.1" })
            {
                File.Copy(Path.Combine(LibTorch.NativesFolder(), library), Path.Combine(Libraries, library));
            }
        }

        public string Root { get; } = Directory.CreateTempSubdirectory("micse-").FullName;

        public string Libraries => Path.Combine(Root, "torch", "lib");

        public string Model => Path.Combine(Root, "model");

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
